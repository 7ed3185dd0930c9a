package org.lastmile.console;

import java.util.Set;

/** What an account is for. */
public enum Role {
  VIEWER,
  OPERATOR,
  ISSUER,
  APPROVER,
  ADMIN,
  /** A program of another department, which may speak over the loudspeakers. */
  DEPARTMENT;

  /** This table is the only place that says what a role may do. */
  public Set<Right> rights() {
    return switch (this) {
      case VIEWER -> Set.of(Right.SEE, Right.SEE_NOTICES);
      case OPERATOR ->
          Set.of(
              Right.SEE,
              Right.SEE_PERSONAL,
              Right.CONFIRM,
              Right.TEST,
              Right.SEE_NOTICES,
              Right.STOP_NOTICE);
      case ISSUER -> Set.of(Right.SEE, Right.ISSUE, Right.SEE_NOTICES);
      case APPROVER ->
          Set.of(Right.SEE, Right.APPROVE, Right.LIFT, Right.SEE_NOTICES, Right.STOP_NOTICE);
      case ADMIN -> Set.of(Right.values());
      case DEPARTMENT -> Set.of(Right.SPEAK, Right.SEE_NOTICES, Right.STOP_NOTICE);
    };
  }

  public boolean may(Right right) {
    return rights().contains(right);
  }
}
