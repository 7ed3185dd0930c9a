package org.lastmile.warning;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How far one warning has come: a fold of its plan and its events. The same events give the same
 * progress, however they were grouped, so it can be thrown away and made again at any moment. It
 * decides nothing.
 */
public final class Progress {
  private static final List<Proof> PROOFS = List.of(Proof.values());

  private final Warning warning;
  private final Plan plan;
  private final List<Event> events = new ArrayList<>();
  private final Row[] rows;
  private final Spot[] spots;
  private final List<Row> allRows;
  private final List<Spot> allSpots;
  private final Map<String, List<Row>> byRecipient = new HashMap<>();

  private WarningStatus status;
  private String why = "";
  private Instant accepted;
  private Instant released;
  private Instant paged;
  private Instant over;
  private int unsettled;
  private int uncovered;
  private final Map<String, String> takenDuty = new HashMap<>();

  public Progress(Warning warning, Plan plan) {
    this.warning = warning;
    this.plan = plan;
    rows = new Row[plan.deliveries().size()];
    spots = new Spot[plan.points().size()];
    for (int i = 0; i < spots.length; i++) {
      spots[i] = new Spot(i);
    }
    for (Delivery delivery : plan.deliveries()) {
      Row row = new Row(delivery);
      rows[delivery.number()] = row;
      byRecipient.computeIfAbsent(delivery.recipient(), r -> new ArrayList<>()).add(row);
      for (int place : delivery.points()) {
        spots[place].rows.add(row);
        if (delivery.audience() != Audience.RESIDENT) {
          spots[place].acting.add(row);
        }
      }
    }
    // From here on nothing is added; a warning may have a hundred thousand of each for a day.
    for (Spot spot : spots) {
      spot.rows = List.copyOf(spot.rows);
      spot.acting = List.copyOf(spot.acting);
    }
    byRecipient.replaceAll((recipient, its) -> List.copyOf(its));
    // Once: the desk asks for them thousands of times a second.
    allRows = List.of(rows);
    allSpots = List.of(spots);
    unsettled = rows.length;
    uncovered = spots.length;
  }

  /** Folds a whole record. */
  public static Progress of(Warning warning, Plan plan, List<Event> events) {
    Progress progress = new Progress(warning, plan);
    events.forEach(progress::apply);
    return progress;
  }

  /** One delivery and what became of it. */
  public static final class Row {
    private final Delivery delivery;
    private DeliveryState state = DeliveryState.QUEUED;
    private int attempts;
    private boolean flying;
    private boolean unknown;
    private boolean pending;
    private boolean declined;
    private boolean trying;
    private int unknowns;
    private int interruptions;
    private int asks;
    private Set<String> from = Set.of();
    private Set<String> refusals = Set.of();
    private boolean countedAsTold;
    private boolean countedAsTouched;
    private Instant since;
    private Instant due;
    private Instant lastTried;
    private Instant firstTried;
    private Instant handoff;
    private Instant heard;
    private String why = "";

    private Row(Delivery delivery) {
      this.delivery = delivery;
    }

    public Delivery delivery() {
      return delivery;
    }

    public DeliveryState state() {
      return state;
    }

    /** Tries so far. */
    public int attempts() {
      return attempts;
    }

    /** A try is written down and its outcome is not known yet. */
    public boolean flying() {
      return flying;
    }

    /** The last try may have left. */
    public boolean unknown() {
      return unknown;
    }

    /** Tries in a row whose outcome is not known. */
    public int unknowns() {
      return unknowns;
    }

    /** Tries that may have reached somebody; one that certainly did not leave is none. */
    public int asks() {
      return asks;
    }

    /** Tries that the gateway itself has cut off. */
    public int interruptions() {
      return interruptions;
    }

    /** The carrier has said that it has not arrived and that it still tries. */
    public boolean trying() {
      return trying && state == DeliveryState.SENT;
    }

    /** Our own addresses that its tries left from, as far as they are known. */
    public Set<String> from() {
      return from;
    }

    /** Codes of what the device refused under its name. */
    public Set<String> refusals() {
      return refusals;
    }

    /** A platform keeps it for review: never sent again by us. */
    public boolean pending() {
      return pending;
    }

    /** The person said that they can't. */
    public boolean declined() {
      return declined;
    }

    /** When it came into its state; null = never left the first. */
    public Instant since() {
      return since;
    }

    /** Not before this moment; null = at once when it is awake. */
    public Instant due() {
      return due;
    }

    /** First try; null = none. */
    public Instant firstTried() {
      return firstTried;
    }

    /** When a carrier took it, or may have; null = not yet. */
    public Instant handoff() {
      return handoff;
    }

    /** A carrier took it, or may have, at some time. */
    public boolean left() {
      return handoff != null;
    }

    /** When the last try began; null = none was made. */
    public Instant lastTried() {
      return lastTried;
    }

    /** When anything was last heard of it; null = never. */
    public Instant heard() {
      return heard;
    }

    public String why() {
      return why;
    }

    /** A reason to wait has gone: what is queued may be tried at once. Not kept: only a hint. */
    public void wake() {
      if (state == DeliveryState.QUEUED) {
        due = null;
      }
    }

    /**
     * What carried it was away: a command that nobody has answered may be asked after at once. Not
     * kept: only a hint.
     */
    public void askAfter(Instant now) {
      if (state == DeliveryState.SENT
          && delivery.audience() == Audience.LOUDSPEAKER
          && heard == null
          && due != null
          && due.isAfter(now)) {
        due = now;
      }
    }
  }

  /** One point and what is known of it. */
  public static final class Spot {
    private final int place;
    private List<Row> rows = new ArrayList<>();
    private List<Row> acting = new ArrayList<>();
    private int told;
    private int touched;
    private Set<String> answered = Set.of();
    private Set<String> declinedBy = Set.of();
    private int stage;
    private Instant stageAt;
    private boolean duty;
    private String dutyWhy = "";
    private Instant dutySince;
    private String word;
    private int moved;
    private Coverage.State state = Coverage.State.UNREACHED;
    private Instant since;
    private List<Proof> missing = List.of();

    private Spot(int place) {
      this.place = place;
    }

    /** Place in the plan. */
    public int place() {
      return place;
    }

    /** Rows of the plan that touch it. */
    public List<Row> rows() {
      return rows;
    }

    /** Those of them that can cover it: all but residents, who may be hundreds. */
    public List<Row> acting() {
      return acting;
    }

    /** Recipients whose answer for this point stands. */
    public Set<String> answered() {
      return answered;
    }

    /** Recipients who said, last, that they can't see to it. */
    public Set<String> declinedBy() {
      return declinedBy;
    }

    /** Rung of the ladder it has come to. */
    public int stage() {
      return stage;
    }

    public Instant stageAt() {
      return stageAt;
    }

    /** A duty task is open. */
    public boolean duty() {
      return duty;
    }

    public String dutyWhy() {
      return dutyWhy;
    }

    public Instant dutySince() {
      return dutySince;
    }

    public boolean covered() {
      return state == Coverage.State.COVERED;
    }

    public Coverage.State state() {
      return state;
    }

    public Instant since() {
      return since;
    }

    /** Proofs of clauses that nothing has met. */
    public List<Proof> missing() {
      return missing;
    }

    /** Person rows that were handed out and have not failed: somebody is told or being told. */
    public int touched() {
      return touched;
    }
  }

  public Warning warning() {
    return warning;
  }

  public Plan plan() {
    return plan;
  }

  public String id() {
    return plan.warning();
  }

  /** Null until the first event. */
  public WarningStatus status() {
    return status;
  }

  public String why() {
    return why;
  }

  public Instant accepted() {
    return accepted;
  }

  /** Null until released. */
  public Instant released() {
    return released;
  }

  /** When responsible persons were told of a held warning; null = not. */
  public Instant paged() {
    return paged;
  }

  /** When it was over: nothing more goes out; null = not yet. */
  public Instant over() {
    return over;
  }

  public List<Event> events() {
    return events;
  }

  public Row row(int number) {
    return rows[number];
  }

  public List<Row> rows() {
    return allRows;
  }

  public Spot spot(int place) {
    return spots[place];
  }

  public List<Spot> spots() {
    return allSpots;
  }

  /** Rows for which something may still be done or come back. */
  public int unsettled() {
    return unsettled;
  }

  /** Points that are not covered. */
  public int uncovered() {
    return uncovered;
  }

  public List<Row> rowsOf(String recipient) {
    return byRecipient.getOrDefault(recipient, List.of());
  }

  /** Who sees to a duty task; empty = nobody. */
  public String takenBy(String dutyTask) {
    return takenDuty.getOrDefault(dutyTask, "");
  }

  /**
   * True when the row may go out as far as the ladder goes: the warning is released (or paged, for
   * those who are told of a held one) and one of its points has come to the row's rung without
   * being covered. Whom a later rung can't serve any more sleeps on.
   */
  public boolean awake(Row row) {
    Delivery d = row.delivery;
    if (status == WarningStatus.HELD || status == WarningStatus.AWAITING_APPROVAL) {
      return paged != null
          && d.stage() == 0
          && (d.audience().responsible() || d.audience() == Audience.LEADER);
    }
    if (status != WarningStatus.RELEASED) {
      return false;
    }
    if (d.stage() == 0) {
      return true;
    }
    for (int i = 0; i < d.points().size(); i++) { // four times a second for every row
      Spot spot = spots[d.points().get(i)];
      if (spot.stage >= d.stage() && !spot.covered() && serves(row, spot)) {
        return true;
      }
    }
    return false;
  }

  /** True when its person has answered, on whatever channel, for every point that it asks about. */
  public boolean answered(Row row) {
    Delivery d = row.delivery;
    return d.audience() != Audience.LOUDSPEAKER
        && !d.points().isEmpty()
        && d.points().stream().allMatch(p -> spots[p].answered.contains(d.recipient()));
  }

  /**
   * True when that person may hold an unanswered message of this warning in their hands.
   *
   * @param soon count what is going to ask them, too
   */
  public boolean outstanding(String recipient, boolean soon) {
    boolean asked = false;
    for (Row row : rowsOf(recipient)) {
      Delivery d = row.delivery;
      if (!d.audience().acts() || d.details()) {
        continue;
      }
      if (d.points().size() > 1 ? saidForAll(row) : row.declined || confirmed(row)) {
        return false;
      }
      boolean failed = row.state.settled() && !row.state.told();
      boolean inHand = (row.left() || row.flying) && !failed;
      asked |= inHand || row.state == DeliveryState.UNKNOWN || (soon && !failed && mayAsk(row));
    }
    return asked;
  }

  private boolean mayAsk(Row row) {
    boolean undecided = status == WarningStatus.HELD || status == WarningStatus.AWAITING_APPROVAL;
    return undecided ? row.delivery.stage() == 0 : awake(row);
  }

  private static boolean confirmed(Row row) {
    return row.state == DeliveryState.CONFIRMED;
  }

  /** True when its person has answered yes or no for every point that it asks about. */
  private boolean saidForAll(Row row) {
    String recipient = row.delivery.recipient();
    return row.delivery.points().stream()
        .allMatch(
            p -> spots[p].answered.contains(recipient) || spots[p].declinedBy.contains(recipient));
  }

  /**
   * True when the details may follow: brief words have left for the same address, are not known to
   * have failed, and were not declined.
   */
  public boolean mayFollow(Row details) {
    Delivery d = details.delivery;
    boolean may = false;
    boolean declined = false;
    for (Row row : rowsOf(d.recipient())) {
      Delivery first = row.delivery;
      if (!first.details()
          && first.channel().equals(d.channel())
          && first.address().equals(d.address())
          && row.left()) {
        boolean failed =
            row.state.settled() && !row.state.told() && row.state != DeliveryState.UNKNOWN;
        may |= !failed;
        declined |= row.declined;
      }
    }
    return may && !declined;
  }

  /** True when the row can still bring something that the point lacks. */
  public boolean serves(Row row, Spot spot) {
    Plan.Point point = plan.points().get(spot.place);
    String recipient = row.delivery.recipient();
    return switch (row.delivery.audience()) {
      case LOUDSPEAKER -> spot.missing.contains(Proof.PLAYED);
      case UPPER_LEADER -> true;
      case RESIDENT, FORMER -> false;
      default -> {
        boolean asAnswerer =
            point.responsible().contains(recipient)
                && (spot.missing.contains(Proof.ANSWERED)
                    || spot.missing.contains(Proof.DELIVERED));
        boolean asHelper =
            point.helpers().contains(recipient) && spot.missing.contains(Proof.HELPERS_ANSWERED);
        yield !spot.answered.contains(recipient)
            && !spot.declinedBy.contains(recipient)
            && (asAnswerer || asHelper);
      }
    };
  }

  /** Takes one event in. Any event is accepted in any state: late and duplicate ones are normal. */
  public void apply(Event e) {
    events.add(e);
    switch (e.type()) {
      case ACCEPTED -> accepted = e.at();
      case HELD -> status(WarningStatus.HELD, e);
      case AWAITING_APPROVAL -> status(WarningStatus.AWAITING_APPROVAL, e);
      case RELEASED -> {
        status(WarningStatus.RELEASED, e);
        released = e.at();
        for (Spot spot : spots) {
          spot.stageAt = e.at();
          spot.since = e.at();
          judge(spot, e.at());
        }
      }
      case REJECTED -> over(WarningStatus.REJECTED, e);
      case ARCHIVED -> status(WarningStatus.ARCHIVED, e);
      case EXPIRED_ON_ARRIVAL -> status(WarningStatus.EXPIRED, e);
      case NOT_APPLICABLE -> status(WarningStatus.NOT_APPLICABLE, e);
      case SUPERSEDED -> over(WarningStatus.SUPERSEDED, e);
      case LIFTED -> over(WarningStatus.LIFTED, e);
      case ENDED -> over(WarningStatus.ENDED, e);
      case PAGED -> paged = e.at();
      case APPROVED, FIELD_REPORT, ALARM -> {}
      case STAGE -> {
        Spot spot = spots[e.point()];
        if (e.attempt() > spot.stage) {
          spot.stage = e.attempt();
          spot.stageAt = e.at();
        }
      }
      case DUTY_OPENED -> {
        Spot spot = spots[e.point()];
        spot.duty = true;
        spot.dutyWhy = e.detail();
        spot.dutySince = e.at();
      }
      case DUTY_TAKEN -> {
        int blank = e.detail().indexOf(' ');
        takenDuty.put(e.detail().substring(0, blank), e.detail().substring(blank + 1));
      }
      case WORD -> {
        spots[e.point()].word = e.detail();
        judge(spots[e.point()], e.at());
      }
      case REOPENED -> {
        Spot spot = spots[e.point()];
        spot.word = null;
        spot.answered = Set.of();
        judge(spot, e.at());
      }
      case MOVED -> spots[e.point()].moved = e.attempt();
      case EXPIRED -> {
        if (e.delivery() < 0) {
          for (Row row : rows) {
            // A try that is under way may get out all the same.
            if (row.state == DeliveryState.QUEUED && !row.flying) {
              move(row, DeliveryState.EXPIRED, e);
              count(row);
            }
          }
        } else {
          delivery(e);
        }
      }
      default -> delivery(e);
    }
  }

  private void status(WarningStatus next, Event e) {
    status = next;
    why = e.detail();
    if (accepted == null) {
      accepted = e.at();
    }
  }

  private void over(WarningStatus next, Event e) {
    status(next, e);
    over = e.at();
    for (Row row : rows) {
      if (row.state == DeliveryState.QUEUED && !row.flying) {
        move(row, DeliveryState.CANCELLED, e);
        count(row);
      }
    }
    for (Spot spot : spots) {
      spot.duty = false;
    }
  }

  private void delivery(Event e) {
    Row row = rows[e.delivery()];
    boolean latest = e.attempt() >= row.attempts;
    switch (e.type()) {
      case TRIED -> {
        row.attempts = Math.max(row.attempts, e.attempt());
        row.flying = true;
        row.due = null;
        row.lastTried = e.at();
        if (row.firstTried == null) {
          row.firstTried = e.at();
        }
      }
      case SENT -> {
        landed(row, e);
        row.asks++;
        row.unknown = false;
        row.unknowns = 0;
        row.handoff = row.handoff == null ? e.at() : row.handoff;
        from(e.detail()).ifPresent(from -> row.from = with(row.from, from));
        move(row, DeliveryState.SENT, e);
        row.why = row.state == DeliveryState.SENT ? "" : row.why;
      }
      case RETRY, LANE_DOWN -> {
        if (latest) {
          landed(row, e);
          row.why = e.detail();
          if (over != null) {
            move(row, DeliveryState.CANCELLED, e);
          }
        }
      }
      case UNKNOWN, INTERRUPTED -> {
        if (latest) {
          landed(row, e);
          row.asks++;
          row.unknown = true;
          if (e.type() == Event.Type.UNKNOWN) {
            row.unknowns++;
          } else {
            row.interruptions++;
          }
          row.handoff = row.handoff == null ? e.at() : row.handoff;
          move(row, DeliveryState.SENT, e);
          row.why = e.detail();
        }
      }
      case PENDING -> {
        landed(row, e);
        row.pending = true;
        row.handoff = row.handoff == null ? e.at() : row.handoff;
        move(row, DeliveryState.SENT, e);
        row.why = e.detail();
      }
      case RECEIVED, PLAYING -> {
        row.heard = e.at();
        row.due = e.due();
        move(row, DeliveryState.SENT, e);
        if (row.delivery.audience() != Audience.LOUDSPEAKER) {
          // The carrier has it after all, and says why the person has not.
          row.trying = true;
          row.unknown = false;
          row.unknowns = 0;
          row.why = e.detail();
        }
      }
      case UNRESOLVED -> move(row, DeliveryState.UNKNOWN, e);
      case FAILED, UNHEARD, STOPPED -> {
        if (latest) {
          landed(row, e);
          move(row, DeliveryState.FAILED, e);
        }
      }
      case EXPIRED -> {
        if (latest) {
          landed(row, e);
          move(row, DeliveryState.EXPIRED, e);
        }
      }
      case REFUSED -> {
        row.refusals = with(row.refusals, code(e.detail()));
      }
      case CANCELLED -> move(row, DeliveryState.CANCELLED, e);
      case DELIVERED -> {
        row.heard = e.at();
        move(row, DeliveryState.DELIVERED, e);
      }
      case CONFIRMED -> {
        row.heard = e.at();
        move(row, DeliveryState.CONFIRMED, e);
        if (row.delivery.audience() != Audience.LOUDSPEAKER) { // a device answers for nobody
          for (int p : places(e, row)) {
            spots[p].answered = with(spots[p].answered, row.delivery.recipient());
            spots[p].declinedBy = without(spots[p].declinedBy, row.delivery.recipient());
          }
        }
      }
      case DECLINED -> {
        row.heard = e.at();
        row.declined = true;
        move(row, DeliveryState.DELIVERED, e);
        for (int p : places(e, row)) {
          spots[p].answered = without(spots[p].answered, row.delivery.recipient());
          spots[p].declinedBy = with(spots[p].declinedBy, row.delivery.recipient());
        }
      }
      default -> throw new IllegalStateException("not about a delivery: " + e.type());
    }
    count(row);
    row.delivery.points().forEach(p -> judge(spots[p], e.at()));
  }

  /** Keeps its points' counts, so that nobody has to go through all rows of a point again. */
  private void count(Row row) {
    boolean told = row.state.told();
    boolean touched =
        row.delivery.audience() != Audience.LOUDSPEAKER
            && row.attempts > 0
            && (told || !row.state.settled());
    if (told == row.countedAsTold && touched == row.countedAsTouched) {
      return;
    }
    int toldMore = (told ? 1 : 0) - (row.countedAsTold ? 1 : 0);
    int touchedMore = (touched ? 1 : 0) - (row.countedAsTouched ? 1 : 0);
    for (int place : row.delivery.points()) {
      spots[place].told += toldMore;
      spots[place].touched += touchedMore;
    }
    row.countedAsTold = told;
    row.countedAsTouched = touched;
  }

  private static List<Integer> places(Event e, Row row) {
    return e.point() >= 0 ? List.of(e.point()) : row.delivery.points();
  }

  /** Separates, in what is kept of a handoff, the carrier's references from our own address. */
  private static final String FROM = " from ";

  /** What is kept of a handoff. */
  public static String handoff(String references, String from) {
    return from.isEmpty() ? references : references + FROM + from;
  }

  /** The code before the words of a device's reason. */
  public static String code(String why) {
    int colon = why.indexOf(':');
    return colon < 0 ? why : why.substring(0, colon);
  }

  /** In the same set, unless it is the empty one that costs nothing. */
  private static Set<String> with(Set<String> some, String one) {
    Set<String> more = some.isEmpty() ? new LinkedHashSet<>(2) : some;
    more.add(one);
    return more;
  }

  private static Set<String> without(Set<String> some, String one) {
    if (some.isEmpty()) {
      return some;
    }
    some.remove(one);
    return some.isEmpty() ? Set.of() : some;
  }

  private static Optional<String> from(String handoff) {
    int at = handoff.lastIndexOf(FROM);
    return at < 0 ? Optional.empty() : Optional.of(handoff.substring(at + FROM.length()));
  }

  /** The last try's outcome is known. */
  private static void landed(Row row, Event e) {
    if (e.attempt() >= row.attempts) {
      row.flying = false;
      row.due = e.due();
    }
  }

  private void move(Row row, DeliveryState next, Event e) {
    if (row.state.yieldsTo(next)) {
      unsettled += (row.state.settled() ? 1 : 0) - (next.settled() ? 1 : 0);
      row.state = next;
      row.since = e.at();
      row.why = e.detail();
    }
    if (row.state.settled()) {
      row.due = null;
    }
  }

  /** Runs at every event for every point that it touches: plain loops, no streams. */
  private void judge(Spot spot, Instant at) {
    Plan.Point point = plan.points().get(spot.place);
    List<Proof> missing = List.of();
    if (spot.word == null) {
      for (Set<Proof> clause : point.clauses()) {
        if (!met(clause, point, spot)) {
          for (Proof proof : PROOFS) {
            if (clause.contains(proof)) {
              missing = missing.isEmpty() ? new ArrayList<>(2) : missing;
              missing.add(proof);
            }
          }
        }
      }
    }
    boolean told = spot.word != null || spot.told > 0;
    Coverage.State next =
        missing.isEmpty()
            ? Coverage.State.COVERED
            : told ? Coverage.State.REACHED : Coverage.State.UNREACHED;
    spot.missing = missing;
    if (next != spot.state) {
      uncovered +=
          (next == Coverage.State.COVERED ? -1 : 0)
              + (spot.state == Coverage.State.COVERED ? 1 : 0);
      spot.state = next;
      spot.since = at;
    }
    if (next == Coverage.State.COVERED) {
      spot.duty = false;
    }
  }

  private static boolean met(Set<Proof> clause, Plan.Point point, Spot spot) {
    for (Proof proof : clause) {
      if (holds(proof, point, spot)) {
        return true;
      }
    }
    return false;
  }

  private static boolean holds(Proof proof, Plan.Point point, Spot spot) {
    return switch (proof) {
      case PLAYED -> played(spot);
      case DELIVERED -> delivered(point, spot);
      case ANSWERED -> answered(point, spot);
      case HELPERS_ANSWERED -> spot.answered.containsAll(point.helpers());
    };
  }

  private static boolean played(Spot spot) {
    for (Row row : spot.acting) {
      if (row.state == DeliveryState.CONFIRMED && row.delivery.audience() == Audience.LOUDSPEAKER) {
        return true;
      }
    }
    return false;
  }

  private static boolean delivered(Plan.Point point, Spot spot) {
    for (Row row : spot.acting) {
      if (row.state.told() && point.responsible().contains(row.delivery.recipient())) {
        return true;
      }
    }
    return false;
  }

  private static boolean answered(Plan.Point point, Spot spot) {
    for (String person : point.responsible()) {
      if (spot.answered.contains(person)) {
        return true;
      }
    }
    return false;
  }

  /** Coverage now. */
  public Coverage coverage() {
    List<Coverage.At> points = new ArrayList<>();
    Map<String, int[]> areas = new LinkedHashMap<>();
    Map<String, Plan.Point> names = new HashMap<>();
    int[] count = new int[3];
    for (Spot spot : spots) {
      Plan.Point p = plan.points().get(spot.place);
      count[spot.state.ordinal()]++;
      String area = p.town() + ' ' + p.village();
      areas.computeIfAbsent(area, a -> new int[3])[spot.state.ordinal()]++;
      names.putIfAbsent(area, p);
      points.add(at(spot, p));
    }
    List<Coverage.AreaCoverage> byArea = new ArrayList<>();
    areas.forEach(
        (area, c) ->
            byArea.add(
                new Coverage.AreaCoverage(
                    names.get(area).areaCode(),
                    names.get(area).town(),
                    names.get(area).village(),
                    c[0] + c[1] + c[2],
                    c[2],
                    c[1],
                    c[0])));
    return new Coverage(spots.length, count[2], count[1], count[0], byArea, points);
  }

  private Coverage.At at(Spot spot, Plan.Point p) {
    Set<String> households = new LinkedHashSet<>();
    for (Row row : spot.rows) {
      if (row.delivery.audience() == Audience.RESIDENT && row.state.told()) {
        households.add(row.delivery.recipient());
      }
    }
    List<Coverage.Why> reasons = reasons(spot, p);
    return new Coverage.At(
        p.id(),
        p.name(),
        p.town(),
        p.village(),
        p.group(),
        p.areaCode(),
        spot.state,
        spot.since == null ? accepted : spot.since,
        why(spot, reasons),
        reasons,
        spot.missing,
        spot.stage,
        spot.duty,
        p.households(),
        households.size(),
        p.people(),
        spot.moved,
        p.implicit());
  }

  /** What covered it, or what still stands in the way. */
  private static String why(Spot spot, List<Coverage.Why> reasons) {
    return spot.word != null
        ? spot.word
        : reasons.stream()
            .map(r -> r.who() + "：" + r.reason().text())
            .collect(Collectors.joining("；"));
  }

  private static List<Coverage.Why> reasons(Spot spot, Plan.Point p) {
    if (spot.word != null || spot.covered()) {
      return List.of();
    }
    Set<Coverage.Why> reasons = new LinkedHashSet<>();
    for (Row row : spot.rows) {
      Delivery d = row.delivery;
      boolean counts =
          d.audience() == Audience.LOUDSPEAKER || p.responsible().contains(d.recipient());
      if (counts && row.attempts > 0 && !row.state.told() && !row.why.isBlank()) {
        reasons.add(new Coverage.Why(d.name(), Reason.of(row.why)));
      }
      if (counts && spot.declinedBy.contains(d.recipient())) {
        reasons.add(new Coverage.Why(d.name(), Reason.of("去不了")));
      }
    }
    return List.copyOf(reasons);
  }
}
