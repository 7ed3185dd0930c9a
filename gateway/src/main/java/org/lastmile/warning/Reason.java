package org.lastmile.warning;

import java.util.regex.Pattern;

/**
 * Why something is as it is: a code that stands for the same reason for ever, so that a page can
 * say it in any language, and the words as they came, with the wire's own code in them.
 *
 * @param text may be empty, and then the code is {@link Code#NONE}
 */
public record Reason(Code code, String text) {

  /** Never renamed. The first pattern that fits the whole text counts. */
  public enum Code {
    NONE(""),

    // what a person or the desk said
    ANSWERED("answered"),
    ANSWERED_WITHOUT_CODE("answered without a code"),
    DECLINED("去不了"),
    NOTHING_HEARD("nothing was heard of it"),
    TOO_LATE(
        "(.*[:：] )?(too late: )?its play-by time has passed|play-by time passed|expired at .*"),

    // why somebody has to go
    DEADLINE_PASSED("deadline passed"),
    LADDER_ENDED("ladder ended"),
    NO_LOUDSPEAKER("no loudspeaker: gong or knock"),
    LOUDSPEAKER_OFFLINE("loudspeaker offline: gong or knock"),
    LOUDSPEAKER_FAULTY("loudspeaker faulty: gong or knock"),
    NO_RESPONSIBLE("no responsible person can be reached"),
    NO_CHANNEL("no channel reaches anyone of this point"),

    // the house itself
    GATEWAY_STOPPED("the gateway stopped during this try"),
    CHANNEL_CLOSED(
        "closed|(the|this) (channel|endpoint) (is|was) closed.*|closed while it was sent"),
    LANE_OPEN("the lane's circuit is open"),
    NO_ANSWER("no (word|acknowledgement) .*within .*|.* commands unacknowledged"),
    BUSY("as many commands as allowed are under way|.*messages are under way already"),
    DEFECT("the channel failed: .*|internal.*|a fault inside the channel: .*"),

    // what was to be sent
    BAD_NUMBER("the address is no phone number.*|CMS (1|28|30|195): .*|ST 43: .*"),
    NO_WORDS("it has no words for people.*|people get nothing when .*"),
    TOO_LONG(
        "the text needs .* parts.*|.* of text, a loudspeaker takes .*|.*bytes, a loudspeaker .*"),
    OVER_BUDGET(".*\\b(budget|quota)\\b.*"),

    // modems
    NO_MODEM("no modem .*|nothing is connected"),
    NETWORK_BUSY("(CMS (17|22|27|38|41|42|47|192|194|331|332|513|515)|CME (14|30|31)): .*"),
    SIM_REFUSED("CMS (8|10|21|29|50|193|196): .*"),

    // what the carrier reports
    PHONE_NOT_REACHED("ST (01|02|20|21|22|24|26|60|61|62|64|66): .*"),
    PHONE_FAILED("ST (25|41|42|44|65): .*"),
    PARTS_MISSING("\\d+ of \\d+ parts have arrived"),
    CARRIER_EXPIRED("ST 46: .*"),
    CARRIER_DELETED("ST (47|48|49): .*"),
    CARRIER_REFUSED("ST (23|40|45|63): .*"),

    // WeChat
    NOT_FOLLOWING("43004\\b.*"),
    WECHAT_REFUSED("43101\\b.*"),
    WECHAT_REVIEW("40252\\b.*"),

    // loudspeakers
    DEVICE_OFFLINE(
        "device offline|the device has left.*|MQTT 16: .*|(.*: )?no device listens there"),
    DEVICE_REFUSED(".*: device refused it.*"),
    BROKER("broker.*|link: .*|the link to the broker is closed|.*the broker refused the command.*"),

    /** A carrier's own code that is not in this table: the words have it. */
    CARRIER("(CMS|CME|ST|HTTP|MQTT) [0-9A-F]+\\b.*|-?\\d+: .*"),
    /** Somebody's own words, or a reason that has no code. */
    OTHER(".*");

    private final Pattern pattern;

    Code(String pattern) {
      this.pattern = Pattern.compile(pattern, Pattern.DOTALL);
    }
  }

  /** The reason behind words that the desk, a channel or a wire gave; never fails. */
  public static Reason of(String text) {
    String plain = text == null ? "" : text.strip();
    for (Code code : Code.values()) {
      if (code.pattern.matcher(plain).matches()) {
        return new Reason(code, plain);
      }
    }
    throw new IllegalStateException("the last pattern fits everything: " + plain);
  }
}
