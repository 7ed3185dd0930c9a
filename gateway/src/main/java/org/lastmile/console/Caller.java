package org.lastmile.console;

import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.lastmile.desk.Issuer;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.Grade;

/**
 * Who makes a request, as the gate found out. Handlers behind the gate read it from the routing
 * context.
 *
 * @param machine signed in by a token, not by a person with a password
 * @param areas 12-digit codes the account is limited to; empty = the whole jurisdiction
 * @param upTo worst grade that its warnings may have to go out without a second person; null = none
 */
public record Caller(String name, Role role, boolean machine, List<String> areas, Grade upTo) {

  private static final String KEY = Caller.class.getName();

  public Caller {
    areas = List.copyOf(areas);
  }

  /** The caller of a request that has passed the gate. */
  public static Caller of(RoutingContext request) {
    Caller caller = request.get(KEY);
    if (caller == null) {
      throw new IllegalStateException("the request has not passed the gate");
    }
    return caller;
  }

  void in(RoutingContext request) {
    request.put(KEY, this);
  }

  /** A lift by a machine that may release is as trusted as its release. */
  public boolean may(Right right) {
    return role.may(right)
        || (right == Right.LIFT && machine && upTo != null && role.may(Right.ISSUE));
  }

  public boolean sees(String areaCode) {
    return areas.isEmpty() || areas.stream().anyMatch(a -> AdminArea.contains(a, areaCode));
  }

  /** How far the desk trusts what this caller hands in: a person always waits for another. */
  public Issuer issuer() {
    return new Issuer(name, machine && upTo != null, machine ? upTo : null, areas);
  }
}
