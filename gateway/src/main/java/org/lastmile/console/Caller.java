package org.lastmile.console;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.lastmile.desk.Issuer;
import org.lastmile.notices.Terms;
import org.lastmile.warning.AdminArea;
import org.lastmile.warning.Grade;

/**
 * Who makes a request, as the gate found out. Handlers behind the gate read it from the routing
 * context.
 *
 * @param machine signed in by a token, not by a person with a password
 * @param areas 12-digit codes the account is limited to; empty = the whole jurisdiction
 * @param upTo worst grade that its warnings may have to go out without a second person; null = none
 * @param terms when and how much it may speak over the loudspeakers
 */
public record Caller(
    String name, Role role, boolean machine, List<String> areas, Grade upTo, Terms terms) {

  private static final String KEY = Caller.class.getName();

  public Caller {
    areas = List.copyOf(areas);
  }

  /** With the usual terms. */
  public Caller(String name, Role role, boolean machine, List<String> areas, Grade upTo) {
    this(name, role, machine, areas, upTo, Terms.USUAL);
  }

  /** The caller of a request that has passed the gate. */
  public static Caller of(RoutingContext request) {
    Caller caller = request.get(KEY);
    if (caller == null) {
      throw new IllegalStateException("the request has not passed the gate");
    }
    return caller;
  }

  /** The same, for routes that see Vert.x's user of the request and not the request itself. */
  public static Caller of(User user) {
    if (user != null && user.attributes().getValue(KEY) instanceof Caller caller) {
      return caller;
    }
    throw new IllegalStateException("the request has not passed the gate");
  }

  @SuppressWarnings("deprecation") // its successor is internal to Vert.x; Camel hands on this one
  void in(RoutingContext request) {
    request.put(KEY, this);
    request.setUser(
        User.create(new JsonObject().put("username", name), new JsonObject().put(KEY, this)));
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
