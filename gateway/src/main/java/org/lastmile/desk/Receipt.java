package org.lastmile.desk;

import java.util.List;
import org.lastmile.warning.Grade;
import org.lastmile.warning.WarningStatus;

/**
 * What the issuer is told; the same warning again gets the same receipt.
 *
 * @param repeated this identity and content had been accepted before
 */
public record Receipt(
    String id,
    WarningStatus status,
    Grade grade,
    int points,
    int deliveries,
    List<String> notices,
    boolean repeated) {
  public Receipt {
    notices = List.copyOf(notices);
  }
}
