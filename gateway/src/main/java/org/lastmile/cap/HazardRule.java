package org.lastmile.cap;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lastmile.warning.Hazard;
import org.lastmile.warning.Hazards;

/**
 * Finds what threatens: by national event code, else by the Chinese words of the event, then of the
 * headline. An unknown code is kept and shown; such a warning is targeted by area alone.
 */
final class HazardRule {

  private static final Pattern NATIONAL = Pattern.compile("\\d{2}[A-Z]\\d{2}");

  /** The office that speaks may carry a hazard in its name (地震局发布…). */
  private static final Pattern SPEAKER = Pattern.compile("^.{0,40}?(发布|签发|解除|变更|升级|更新)");

  private final Findings findings;

  HazardRule(Findings findings) {
    this.findings = findings;
  }

  Hazard of(Info info) {
    String code =
        info.codes().stream().filter(c -> NATIONAL.matcher(c).matches()).findFirst().orElse("");
    Optional<Hazard> coded = Hazards.byCode(code);
    List<Hazard> worded = Hazards.in(SPEAKER.matcher(info.headline()).replaceFirst(""));
    List<Hazard> events = Hazards.in(info.event());
    if (coded.isPresent()) {
      Hazard hazard = coded.get();
      if (!worded.isEmpty() && worded.stream().noneMatch(w -> w.family() == hazard.family())) {
        findings.notice(
            info.node(),
            "event code "
                + code
                + " is "
                + hazard.name()
                + ", the headline says "
                + worded.get(0).name());
      }
      return hazard;
    }
    Optional<Hazard> named = events.stream().findFirst().or(() -> worded.stream().findFirst());
    if (code.isEmpty()) {
      return named.orElseGet(() -> new Hazard("", info.event(), Hazard.Family.OTHER));
    }
    findings.notice(info.node(), "unknown event code " + code + ": kept, targeted by area alone");
    String name = info.event().isEmpty() ? named.map(Hazard::name).orElse(code) : info.event();
    return new Hazard(code, name, named.map(Hazard::family).orElse(Hazard.Family.OTHER));
  }
}
