package org.lastmile.console;

import java.util.Set;

/** What an account is for. */
public enum Role {
  VIEWER,
  OPERATOR,
  ISSUER,
  APPROVER,
  ADMIN;

  /** This table is the only place that says what a role may do. */
  public Set<Right> rights() {
    return switch (this) {
      case VIEWER -> Set.of(Right.SEE);
      case OPERATOR -> Set.of(Right.SEE, Right.SEE_PERSONAL, Right.CONFIRM, Right.TEST);
      case ISSUER -> Set.of(Right.SEE, Right.ISSUE);
      case APPROVER -> Set.of(Right.SEE, Right.APPROVE, Right.LIFT);
      case ADMIN -> Set.of(Right.values());
    };
  }

  public boolean may(Right right) {
    return rights().contains(right);
  }
}
