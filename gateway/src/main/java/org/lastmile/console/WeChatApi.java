package org.lastmile.console;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.lastmile.desk.Desk;
import org.lastmile.warning.HazardPoint;
import org.lastmile.warning.ResponsiblePerson;

/**
 * Who can't be reached by WeChat, point by point; and the company's accounts, asked for by phone.
 */
final class WeChatApi {
  private static final int MOST_PAGE = 1000;

  private final Desk desk;
  private final Rosters rosters;
  private final Staff staff;
  private final Api api;
  private Asking asking = new Asking(false, 0, 0, 0, "");

  /**
   * How far the import of the company's accounts has come.
   *
   * @param left phones that are still to be asked about
   * @param why it stopped early; empty = it did not
   */
  private record Asking(boolean running, int found, int unknown, int left, String why) {}

  /**
   * A point at which somebody who answers for it has no account.
   *
   * @param missing their names
   */
  private record Lacking(
      String id,
      String name,
      String village,
      String areaCode,
      int responsible,
      int responsibleReached,
      int households,
      int householdsReached,
      List<String> missing) {}

  /**
   * @param points all of them; {@code complete}: every responsible person has an account
   * @param items points that are not complete, nobody's first
   */
  private record Page(
      int points,
      int complete,
      int responsible,
      int responsibleReached,
      int households,
      int householdsReached,
      List<Lacking> items) {}

  /**
   * @param staff null = no company's platform is configured
   */
  WeChatApi(Desk desk, Rosters rosters, Staff staff, Api api) {
    this.desk = desk;
    this.rosters = rosters;
    this.staff = staff;
    this.api = api;
  }

  void mount() {
    api.on(GET, "/api/v1/wechat/coverage", Right.SEE, this::coverage);
    api.on(GET, "/api/v1/wechat/userids", Right.IMPORT, r -> done(asking()));
    api.on(POST, "/api/v1/wechat/userids", Right.IMPORT, this::ask);
  }

  private CompletionStage<Page> coverage(Request request) {
    int size = request.query("size", 1, MOST_PAGE, 100);
    boolean personal = request.caller().may(Right.SEE_PERSONAL);
    Reach reach = new Reach(rosters, desk.accounts());
    List<Lacking> lacking = new ArrayList<>();
    int[] sum = new int[5];
    for (HazardPoint p : rosters.points()) {
      if (!request.caller().sees(p.areaCode())) {
        continue;
      }
      Reach.At whole = reach.at(p);
      Reach.At at = personal ? whole : whole.masked();
      sum[0]++;
      sum[1] += at.responsible();
      sum[2] += at.responsibleReached();
      sum[3] += at.households();
      sum[4] += at.householdsReached();
      if (at.responsible() == 0 || !at.missing().isEmpty()) {
        lacking.add(
            new Lacking(
                p.id(),
                p.name(),
                p.village(),
                p.areaCode(),
                at.responsible(),
                at.responsibleReached(),
                at.households(),
                at.householdsReached(),
                at.missing()));
      }
    }
    lacking.sort(Comparator.comparingInt(Lacking::responsibleReached));
    return done(
        new Page(
            sum[0],
            sum[0] - lacking.size(),
            sum[1],
            sum[2],
            sum[3],
            sum[4],
            lacking.stream().limit(size).toList()));
  }

  private static <T> CompletionStage<T> done(T value) {
    return CompletableFuture.completedFuture(value);
  }

  private synchronized Asking asking() {
    return asking;
  }

  private synchronized void asked(Asking now) {
    asking = now;
  }

  /** One phone after the other: the platform closes the question for who asks too much at once. */
  private CompletionStage<Asking> ask(Request request) {
    if (staff == null) {
      throw new Desk.Refused("no company's platform is configured: set channels.wechat.wecom");
    }
    if (!request.caller().areas().isEmpty()) {
      throw Problem.forbidden("the import asks for all staff, this account is limited to areas");
    }
    List<String> phones =
        rosters.people().stream()
            .filter(p -> p.wecom().isBlank())
            .map(ResponsiblePerson::phone)
            .filter(phone -> phone.matches("1\\d{10}"))
            .distinct()
            .toList();
    synchronized (this) {
      if (asking.running()) {
        return done(asking);
      }
      asking = new Asking(!phones.isEmpty(), 0, 0, phones.size(), "");
    }
    next(phones.iterator());
    return done(asking());
  }

  private void next(Iterator<String> phones) {
    if (!phones.hasNext()) {
      Asking before = asking();
      asked(new Asking(false, before.found(), before.unknown(), before.left(), ""));
      return;
    }
    String phone = phones.next();
    // Every failure is told in the last step, so nothing is left to look at in the future itself.
    var unused =
        staff
            .userid(phone)
            .thenCompose(userid -> desk.wecom(phone, userid).thenApply(kept -> userid))
            .whenCompleteAsync((userid, failure) -> took(phones, userid, failure), api.work());
  }

  private void took(Iterator<String> phones, String userid, Throwable failure) {
    Asking before = asking();
    if (failure != null) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      asked(new Asking(false, before.found(), before.unknown(), before.left(), cause.getMessage()));
      return;
    }
    boolean found = !userid.isEmpty();
    asked(
        new Asking(
            true,
            before.found() + (found ? 1 : 0),
            before.unknown() + (found ? 0 : 1),
            before.left() - 1,
            ""));
    next(phones);
  }
}
