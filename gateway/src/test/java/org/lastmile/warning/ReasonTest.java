package org.lastmile.warning;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReasonTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          answered                                            | ANSWERED
          answered without a code                             | ANSWERED_WITHOUT_CODE
          去不了                                               | DECLINED
          nothing was heard of it                             | NOTHING_HEARD
          play-by time passed                                 | TOO_LATE
          too late: its play-by time has passed               | TOO_LATE
          deadline passed                                     | DEADLINE_PASSED
          ladder ended                                        | LADDER_ENDED
          no loudspeaker: gong or knock                       | NO_LOUDSPEAKER
          loudspeaker offline: gong or knock                  | LOUDSPEAKER_OFFLINE
          loudspeaker faulty: gong or knock                   | LOUDSPEAKER_FAULTY
          no responsible person can be reached                | NO_RESPONSIBLE
          no channel reaches anyone of this point             | NO_CHANNEL
          the gateway stopped during this try                 | GATEWAY_STOPPED
          the lane's circuit is open                          | LANE_OPEN
          no word from the lane within 20 minutes             | NO_ANSWER
          the channel failed: java.lang.IllegalState          | DEFECT
          the address is no phone number: 3 to 20 digits      | BAD_NUMBER
          CMS 28: number not identified                       | BAD_NUMBER
          no modem works: nothing is connected                | NO_MODEM
          CMS 38: network out of order                        | NETWORK_BUSY
          CMS 8: barred by the operator                       | SIM_REFUSED
          ST 22: no answer from the phone                     | PHONE_NOT_REACHED
          ST 42: connection rejected by the phone             | PHONE_FAILED
          2 of 3 parts have arrived                           | PARTS_MISSING
          ST 46: validity period expired                      | CARRIER_EXPIRED
          43004: this person does not follow the account      | NOT_FOLLOWING
          device offline                                      | DEVICE_OFFLINE
          CMS 111: protocol error                             | CARRIER
          the day's quota is used up                          | OVER_BUDGET
          门锁着，邻居说在山上                                    | OTHER
          """)
  void words_of_the_desk_and_of_wires_have_codes(String text, Reason.Code code) {
    assertThat(Reason.of(text)).isEqualTo(new Reason(code, text));
  }

  @Test
  void nothing_said_is_no_reason() {
    assertThat(Reason.of("").code()).isEqualTo(Reason.Code.NONE);
    assertThat(Reason.of(null).code()).isEqualTo(Reason.Code.NONE);
  }
}
