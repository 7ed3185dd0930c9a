package org.lastmile.warning;

import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.lastmile.channel.Content;

/**
 * Computes a plan: one message per person on each channel even when they answer for five points,
 * one command per loudspeaker even when it covers five.
 */
public final class Planner {

  /** Who answers for more points than this answers point by point. */
  private static final int MOST_POINTS_AT_ONCE = 3;

  /** More codes than this in one message nobody reads; further points need the link. */
  private static final int MOST_CODES = 20;

  /** So many ids fit a command beside the longest text. */
  private static final int MOST_ENDED = 32;

  private final Warning warning;
  private final String id;
  private final Threat threat;
  private final Policy policy;
  private final Wording wording;
  private final Terms terms;
  private final Content.Kind kind;
  private final Voice voice;

  private final Map<String, Person> people = new LinkedHashMap<>();
  private final Map<String, Device> devices = new LinkedHashMap<>();
  private final Map<Plan.Words, Integer> words = new LinkedHashMap<>();
  private final List<Delivery> deliveries = new ArrayList<>();
  private final List<HazardPoint> points = new ArrayList<>();

  /** What the devices are named by that say words which are not yet signed for anybody. */
  private final Map<Integer, Map<String, String>> speakers = new TreeMap<>();

  /** What was said before, by channel and address. */
  private final Map<String, List<String>> former = new HashMap<>();

  /**
   * What a plan depends on beside the warning and the registry.
   *
   * @param at when it is made
   * @param channels configured channels and what they call an address
   * @param former who was told, or may have been told, of the warnings that this one replaces
   * @param codes what is to be known of a recipient before they are given answer codes
   * @param optedOut true for a phone that wants no SMS of the lesser grades
   * @param supersedes ids of the warnings that it replaces
   * @param accounts what people have told us of themselves, beside the registry
   */
  public record Terms(
      Instant at,
      Map<String, Address> channels,
      List<Former> former,
      Function<String, Codes> codes,
      Predicate<String> optedOut,
      List<String> supersedes,
      Accounts accounts) {

    /** Where the registry alone knows accounts. */
    public Terms(
        Instant at,
        Map<String, Address> channels,
        List<Former> former,
        Function<String, Codes> codes,
        Predicate<String> optedOut,
        List<String> supersedes) {
      this(at, channels, former, codes, optedOut, supersedes, Accounts.NONE);
    }
  }

  /**
   * WeChat accounts that are known by phone: a person who binds theirs need not wait for the next
   * registry. All answer with the empty string for nobody.
   *
   * @param openid the account that has proved that phone
   * @param wecom the company's account of that phone
   * @param dead true for an openid that does not follow any more
   */
  public record Accounts(
      UnaryOperator<String> openid, UnaryOperator<String> wecom, Predicate<String> dead) {
    public static final Accounts NONE = new Accounts(phone -> "", phone -> "", openid -> false);
  }

  /**
   * Answer codes of one recipient.
   *
   * @param needed a message is unanswered, so that a bare answer would be ambiguous
   * @param open codes of unanswered messages: never given again
   * @param lately codes of all messages of late: given again only when there are no others, since a
   *     late answer to one of those must not be taken for an answer to this one
   */
  public record Codes(boolean needed, Set<String> open, Set<String> lately) {
    public static final Codes NONE = new Codes(false, Set.of(), Set.of());

    public Codes {
      open = Set.copyOf(open);
      lately = Set.copyOf(lately);
    }
  }

  /** What a channel calls an address. */
  public enum Address {
    DEVICE,
    PHONE,
    OPENID,
    WECOM
  }

  /**
   * Somebody who was told before.
   *
   * @param contents ids of what they were told
   * @param targets whom that was signed for, when it was for a device
   */
  public record Former(
      String channel,
      Audience audience,
      String recipient,
      String name,
      String address,
      List<String> contents,
      List<String> targets) {}

  private Planner(Warning warning, Threat threat, Policy policy, Wording wording, Terms terms) {
    this.warning = warning;
    this.id = warning.id();
    this.threat = threat;
    this.policy = policy;
    this.wording = wording;
    this.terms = terms;
    this.kind = terms.supersedes().isEmpty() ? Content.Kind.WARN : Content.Kind.UPDATE;
    this.voice = wording.voice(warning, kind);
    for (Former told : terms.former()) {
      former.computeIfAbsent(key(told), k -> new ArrayList<>()).addAll(told.contents());
    }
  }

  private static String key(Former told) {
    return told.channel() + ' ' + told.address();
  }

  /** What a device may still say of before; older ones have long expired. */
  private List<String> ended(String address) {
    return former.getOrDefault(address, List.of()).stream().distinct().limit(MOST_ENDED).toList();
  }

  /** The plan of an alert or an update. The warning has a grade. */
  public static Plan plan(
      Warning warning, Threat threat, Policy policy, Wording wording, Terms terms) {
    return new Planner(warning, threat, policy, wording, terms).plan();
  }

  /**
   * The plan that tells everybody who was told, or may have been, that it is over. It has no
   * points: nothing has to be covered.
   */
  public static Plan lift(Warning warning, Policy policy, Wording wording, Terms terms) {
    Planner planner =
        new Planner(warning, new Threat(0, List.of(), List.of()), policy, wording, terms);
    planner.former(Content.Kind.LIFT, Set.of());
    Policy.Ladder ladder = policy.ladders().get(planner.grade());
    return planner.finish(List.of(), List.of(), ladder, terms.at().plus(ladder.playBy()));
  }

  private Grade grade() {
    return warning.grade() == null ? Grade.RED : warning.grade();
  }

  private Plan plan() {
    for (Threat.AtPoint at : threat.points()) {
      points.add(at.point());
    }
    List<Plan.Point> planned = new ArrayList<>();
    LocalTime local = LocalTime.ofInstant(terms.at(), wording.zone());
    List<Set<Proof>> clauses = policy.clauses(grade(), warning.hazard().family(), local);
    for (int i = 0; i < threat.points().size(); i++) {
      planned.add(point(i, threat.points().get(i), clauses));
    }
    for (int i = 0; i < points.size(); i++) {
      residents(threat.points().get(i), i);
    }
    Policy.Ladder ladder = policy.ladders().get(grade());
    for (int stage = 0; stage < ladder.rungs().size(); stage++) {
      stage(stage, ladder);
    }
    if (!terms.former().isEmpty()) {
      former(
          Content.Kind.UPDATE,
          deliveries.stream()
              .map(d -> d.channel() + ' ' + d.address())
              .collect(Collectors.toSet()));
    }
    Instant playBy = terms.at().plus(ladder.playBy());
    if (warning.expires() != null && warning.expires().isBefore(playBy)) {
      playBy = warning.expires();
    }
    return finish(planned, ladder.rungs(), ladder, playBy);
  }

  private Plan finish(
      List<Plan.Point> planned, List<Rung> rungs, Policy.Ladder ladder, Instant playBy) {
    List<Plan.Words> said = signedFor();
    return new Plan(
        id,
        threat.registryVersion(),
        policy.name(),
        playBy,
        warning.type() == Warning.Type.CANCEL ? playBy : warning.expires(),
        planned,
        said,
        deliveries,
        rungs,
        ladder.deadline(),
        terms.supersedes());
  }

  /**
   * The words, those of several devices with whom they are signed for. Where that names too many,
   * some devices say the same under another id: what an id stands for never changes.
   */
  private List<Plan.Words> signedFor() {
    List<Plan.Words> said = new ArrayList<>(words.keySet());
    Map<Integer, Map<String, Integer>> moved = new HashMap<>();
    for (Map.Entry<Integer, Map<String, String>> all : speakers.entrySet()) {
      Map<String, String> names = all.getValue();
      if (names.size() == 1) {
        continue; // a device by itself is named by its id
      }
      int place = all.getKey();
      Plan.Words first = said.get(place);
      List<List<String>> lists = Targets.lists(names.values());
      said.set(place, first.signedFor(lists.get(0)));
      for (List<String> list : lists.subList(1, lists.size())) {
        Set<String> here = Set.copyOf(list);
        int further = said.size();
        said.add(first.signedFor(list));
        names.forEach(
            (device, name) -> {
              if (here.contains(name)) {
                moved.computeIfAbsent(place, p -> new HashMap<>()).put(device, further);
              }
            });
      }
    }
    if (!moved.isEmpty()) {
      deliveries.replaceAll(
          d -> {
            Integer further = moved.getOrDefault(d.words(), Map.of()).get(d.address());
            return further == null || d.audience() != Audience.LOUDSPEAKER ? d : d.says(further);
          });
    }
    return said;
  }

  private Plan.Point point(int place, Threat.AtPoint at, List<Set<Proof>> clauses) {
    HazardPoint p = at.point();
    Set<String> responsible = new LinkedHashSet<>();
    Set<String> helpers = new LinkedHashSet<>();
    List<ResponsiblePerson> near = at.leaders().stream().filter(l -> !upper(l)).toList();
    for (ResponsiblePerson person : at.responsible()) {
      Audience audience =
          person.part() == ResponsiblePerson.Part.A
              ? Audience.RESPONSIBLE_A
              : Audience.RESPONSIBLE_B;
      responsible.add(person(person, audience, place));
    }
    for (ResponsiblePerson leader : near) {
      // Where nobody is registered for the point, its nearest leaders answer for it.
      boolean standsIn = at.responsible().isEmpty();
      String id = person(leader, standsIn ? Audience.RESPONSIBLE_A : Audience.LEADER, place);
      if (standsIn) {
        responsible.add(id);
      }
    }
    at.leaders().stream()
        .filter(Planner::upper)
        .forEach(leader -> person(leader, Audience.UPPER_LEADER, place));
    int keyPeople = 0;
    for (Resident resident : at.residents()) {
      if (!resident.keyGroups().isEmpty()) {
        keyPeople += Math.max(1, resident.people());
        if (!resident.helperPhone().isBlank()) {
          Person helper =
              known(resident.helperPhone(), resident.helperName(), resident.helperPhone());
          helper.as(Audience.HELPER, place);
          helper.households.add(
              resident.name() + "（" + String.join("、", resident.keyGroups()) + "）");
          helpers.add(helper.recipient);
        }
      }
    }
    for (Loudspeaker speaker : at.loudspeakers()) {
      devices
          .computeIfAbsent(speaker.id(), id -> new Device(id, speaker.name(), speaker.areaCode()))
          .points
          .add(place);
    }
    return new Plan.Point(
        p.id(),
        p.name(),
        p.town(),
        p.village(),
        p.group(),
        p.areaCode(),
        p.households(),
        p.people(),
        keyPeople,
        p.implicit(),
        p.route(),
        p.shelter(),
        List.copyOf(responsible),
        List.copyOf(helpers),
        at.loudspeakers().stream().map(Loudspeaker::id).toList(),
        clauses.stream()
            .filter(c -> !(c.equals(Set.of(Proof.HELPERS_ANSWERED)) && helpers.isEmpty()))
            .toList());
  }

  private void residents(Threat.AtPoint at, int place) {
    for (Resident resident : at.residents()) {
      if (resident.phone().isBlank() && resident.openid().isBlank()) {
        continue;
      }
      String recipient = resident.phone().isBlank() ? resident.id() : resident.phone();
      Person known = people.get(recipient);
      if (known != null && known.audience != Audience.RESIDENT) {
        continue; // told already, with more to do than a resident
      }
      Person person = known(recipient, resident.name(), resident.phone());
      person.openid = resident.openid();
      person.as(Audience.RESIDENT, place);
    }
  }

  private static boolean upper(ResponsiblePerson leader) {
    return leader.level() == ResponsiblePerson.Level.TOWN
        || leader.level() == ResponsiblePerson.Level.COUNTY;
  }

  private String person(ResponsiblePerson p, Audience audience, int place) {
    Person person = known(p.phone().isBlank() ? p.id() : p.phone(), p.name(), p.phone());
    person.backupPhone = p.backupPhone();
    person.openid = p.openid();
    person.wecom = p.wecom();
    person.as(audience, place);
    return person.recipient;
  }

  private Person known(String recipient, String name, String phone) {
    return people.computeIfAbsent(recipient, r -> new Person(r, name, phone));
  }

  private void stage(int stage, Policy.Ladder ladder) {
    Set<Audience> audiences = ladder.rungs().get(stage).audiences();
    List<String> channels = inOrder(ladder);
    for (Map.Entry<String, Address> channel : terms.channels().entrySet()) {
      if (channel.getValue() == Address.DEVICE && audiences.contains(Audience.LOUDSPEAKER)) {
        devices.values().forEach(d -> device(stage, channel.getKey(), d));
      }
    }
    people.values().stream()
        .filter(p -> audiences.contains(p.audience))
        .sorted(Comparator.comparing(p -> p.audience))
        .forEach(p -> message(stage, channels, p));
  }

  private void device(int stage, String channel, Device device) {
    List<String> replaced = ended(channel + ' ' + device.id);
    if (device.said == null) {
      List<HazardPoint> its = device.points.stream().map(points::get).toList();
      device.said = voice.words(Audience.LOUDSPEAKER, its, Map.of(), List.of(), false);
    }
    Plan.Words said = device.said;
    add(
        channel,
        Audience.LOUDSPEAKER,
        device.id,
        device.name,
        device.id,
        stage,
        -1,
        List.copyOf(device.points),
        new Plan.Words(said.kind(), said.text(), said.fields(), replaced),
        List.of(),
        false);
  }

  private void message(int stage, List<String> channels, Person person) {
    boolean answers = person.audience.acts();
    if (person.said == null) {
      person.places = List.copyOf(person.points());
    }
    List<String> codes = answers ? codes(person) : List.of();
    if (person.said == null) {
      List<HazardPoint> its = person.places.stream().map(points::get).toList();
      Map<String, String> extra =
          person.households.isEmpty()
              ? Map.of()
              : Map.of("households", String.join("、", person.households));
      person.said = voice.words(person.audience, its, extra, codes, answers);
    }
    boolean oneAtATime = person.audience == Audience.RESIDENT;
    int before = -1;
    for (String channel : channels) {
      Address kind = terms.channels().get(channel);
      String address = address(person, kind, stage);
      if (address.isBlank() || optedOut(person, kind, channel, address)) {
        continue;
      }
      boolean brief =
          kind == Address.PHONE
              && answers
              && grade() == Grade.RED
              && person.said.text().length() > Brief.MOST;
      Plan.Words said = brief ? brief(person) : person.said;
      int instead = oneAtATime ? before : -1;
      before = toPerson(person, channel, address, stage, instead, said, false);
      if (brief && person.detailed.add(channel + ' ' + address)) {
        toPerson(person, channel, address, stage, -1, person.said, true);
      }
    }
  }

  private int toPerson(
      Person person,
      String channel,
      String address,
      int stage,
      int insteadOf,
      Plan.Words said,
      boolean details) {
    List<String> codes = person.codes == null ? List.of() : person.codes;
    Plan.Words words = new Plan.Words(said.kind(), said.text(), said.fields(), terms.supersedes());
    return add(
        channel,
        person.audience,
        person.recipient,
        person.name,
        address,
        stage,
        insteadOf,
        person.places,
        words,
        codes,
        details);
  }

  private Plan.Words brief(Person person) {
    if (person.brief == null) {
      person.brief =
          voice.brief(
              person.said,
              person.audience,
              person.places.stream().map(points::get).toList(),
              person.households,
              person.codes);
    }
    return person.brief;
  }

  /**
   * Who asked for no SMS gets none of the lesser grades, as a resident: whoever answers for others
   * has a duty, and what threatens life is no advertising. Who was told of what this changes is
   * told of the change.
   */
  private boolean optedOut(Person person, Address kind, String channel, String address) {
    return kind == Address.PHONE
        && person.audience == Audience.RESIDENT
        && !grade().high()
        && !former.containsKey(channel + ' ' + address)
        && terms.optedOut().test(address);
  }

  /** Channels for people: the preferred ones first, then the rest by name. */
  private List<String> inOrder(Policy.Ladder ladder) {
    Set<String> order = new LinkedHashSet<>(ladder.channels());
    order.retainAll(terms.channels().keySet());
    terms.channels().keySet().stream().sorted().forEach(order::add);
    return order.stream().filter(c -> terms.channels().get(c) != Address.DEVICE).toList();
  }

  private String address(Person person, Address kind, int stage) {
    return switch (kind) {
      case PHONE -> stage > 0 && !person.backupPhone.isBlank() ? person.backupPhone : person.phone;
      case OPENID -> openid(person);
      case WECOM -> {
        // The platform takes either case and answers in small letters; a robot's name is ours.
        String account = account(person.wecom, terms.accounts().wecom(), person);
        yield account.startsWith("robot:") ? account : account.toLowerCase(Locale.ROOT);
      }
      case DEVICE -> "";
    };
  }

  /** What a person has proved themselves is newer than what the office wrote down. */
  private String openid(Person person) {
    String bound = account("", terms.accounts().openid(), person);
    return bound.isEmpty() && !terms.accounts().dead().test(person.openid) ? person.openid : bound;
  }

  private static String account(String written, UnaryOperator<String> known, Person person) {
    if (!written.isBlank()) {
      return written;
    }
    String found = person.phone.isBlank() ? "" : known.apply(person.phone);
    return found.isEmpty() && !person.backupPhone.isBlank()
        ? known.apply(person.backupPhone)
        : found;
  }

  private List<String> codes(Person person) {
    if (person.codes != null) {
      return person.codes;
    }
    int points = person.places.size();
    boolean pointByPoint = person.audience.responsible() && points > MOST_POINTS_AT_ONCE;
    Codes known = terms.codes().apply(person.recipient);
    int count = pointByPoint ? Math.min(points, MOST_CODES) : known.needed() ? 1 : 0;
    List<String> free = freeCodes(count, known.lately(), person.recipient);
    person.codes = free.size() == count ? free : freeCodes(count, known.open(), person.recipient);
    return person.codes;
  }

  /** Starts at a place that depends on warning and person, so that neighbours differ. */
  private List<String> freeCodes(int count, Set<String> used, String recipient) {
    String digits = Answer.CODE_DIGITS;
    int all = digits.length() * digits.length();
    int start = Math.floorMod((id + recipient).hashCode(), all);
    List<String> codes = new ArrayList<>();
    for (int i = 0; i < all && codes.size() < count; i++) {
      int n = (start + i) % all;
      String code = "" + digits.charAt(n / digits.length()) + digits.charAt(n % digits.length());
      if (!used.contains(code)) {
        codes.add(code);
      }
    }
    return codes;
  }

  private void former(Content.Kind kind, Set<String> alreadyTold) {
    Map<String, Former> addresses = new LinkedHashMap<>();
    terms.former().forEach(told -> addresses.putIfAbsent(key(told), told));
    Plan.Words said =
        wording.words(warning, kind, Audience.FORMER, List.of(), Map.of(), List.of(), false);
    addresses.values().stream()
        .sorted(Comparator.comparing(Former::audience))
        .filter(f -> !alreadyTold.contains(key(f)))
        .forEach(
            f -> {
              List<String> ended =
                  f.audience() == Audience.LOUDSPEAKER ? ended(key(f)) : terms.supersedes();
              add(
                  f.channel(),
                  f.audience() == Audience.LOUDSPEAKER ? Audience.LOUDSPEAKER : Audience.FORMER,
                  f.recipient(),
                  f.name(),
                  f.address(),
                  0,
                  -1,
                  List.of(),
                  new Plan.Words(said.kind(), said.text(), said.fields(), ended, f.targets()),
                  List.of(),
                  false);
            });
  }

  private int add(
      String channel,
      Audience audience,
      String recipient,
      String name,
      String address,
      int stage,
      int insteadOf,
      List<Integer> places,
      Plan.Words said,
      List<String> codes,
      boolean details) {
    int number = deliveries.size();
    int place = words.computeIfAbsent(said, s -> words.size());
    if (audience == Audience.LOUDSPEAKER && said.targets().isEmpty()) {
      Device device = devices.get(address);
      String code = device == null ? "" : device.areaCode;
      speakers.computeIfAbsent(place, p -> new TreeMap<>()).put(address, Targets.of(address, code));
    }
    deliveries.add(
        new Delivery(
            number, channel, audience, recipient, name, address, stage, insteadOf, places, place,
            codes, details));
    return number;
  }

  /** A device while the plan is made. */
  private static final class Device {
    final String id;
    final String name;
    final String areaCode;
    final SortedSet<Integer> points = new TreeSet<>();

    /** The same at every stage. */
    Plan.Words said;

    Device(String id, String name, String areaCode) {
      this.id = id;
      this.name = name;
      this.areaCode = areaCode;
    }
  }

  /** A person while the plan is made: every reason to tell them, gathered. */
  private static final class Person {
    final String recipient;
    final String name;
    final String phone;
    final EnumMap<Audience, TreeSet<Integer>> reasons = new EnumMap<>(Audience.class);
    final List<String> households = new ArrayList<>();
    Audience audience;
    String backupPhone = "";
    String openid = "";
    String wecom = "";
    List<String> codes;

    /** The same at every stage. */
    Plan.Words said;

    /** The same in one SMS part; null = not needed yet. */
    Plan.Words brief;

    /** Addresses that get the details after the first brief words. */
    final Set<String> detailed = new HashSet<>();

    List<Integer> places = List.of();

    Person(String recipient, String name, String phone) {
      this.recipient = recipient;
      this.name = name;
      this.phone = phone;
    }

    void as(Audience reason, int place) {
      if (audience == null || reason.compareTo(audience) < 0) {
        audience = reason;
      }
      reasons.computeIfAbsent(reason, r -> new TreeSet<>()).add(place);
    }

    /** Who answers for points is asked for those alone, not for all of an area they also lead. */
    SortedSet<Integer> points() {
      SortedSet<Integer> points = new TreeSet<>();
      for (Audience reason :
          List.of(Audience.RESPONSIBLE_A, Audience.RESPONSIBLE_B, Audience.HELPER)) {
        points.addAll(reasons.getOrDefault(reason, new TreeSet<>()));
      }
      return points.isEmpty() ? reasons.get(audience) : points;
    }
  }
}
