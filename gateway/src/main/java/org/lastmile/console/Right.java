package org.lastmile.console;

/** One thing that a role may allow. Every request needs exactly one of them. */
public enum Right {
  /** See warnings, coverage, channels and the registry, personal data masked. */
  SEE,
  /** See phones, openids and names of residents unmasked: who has to call them needs them. */
  SEE_PERSONAL,
  /** Write down a human's word, take a duty task. */
  CONFIRM,
  /** Send a test message, which is marked as one, to a phone. */
  TEST,
  /** Hand in a warning. */
  ISSUE,
  /** Release or refuse what waits for a second person. */
  APPROVE,
  /** Call a released warning off: authorised like a release. */
  LIFT,
  /** Say something over the loudspeakers that is no warning. */
  SPEAK,
  /** See what departments say; a department sees its own. */
  SEE_NOTICES,
  /** Stop what a department says; a department stops its own. */
  STOP_NOTICE,
  /** Replace the registry. */
  IMPORT,
  /** Make and end accounts and tokens, read the audit. */
  ADMINISTER
}
