package org.lastmile.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.lastmile.channel.Memory;

/** What people read when a page of theirs fails. */
class HtmlTest {
  @Test
  void whoseAnswerTimedOutIsNotToldThatNothingWasKept() {
    Html page = Html.failed(new CompletionException(new TimeoutException()), true, "请打电话。");
    assertThat(page.status()).isEqualTo(503);
    assertThat(page.body()).contains("可能已经记下").contains("请打电话。").doesNotContain("没有记下任何内容");
  }

  @Test
  void withTheStoreAwayNothingWasKept() {
    Html page = Html.failed(new Memory.Away("away", null), true, "请打电话。");
    assertThat(page.status()).isEqualTo(503);
    assertThat(page.body()).contains("没有记下任何内容").contains("请打电话。");
  }

  @Test
  void whoOnlyReadsIsToldNothingOfWhatWasKept() {
    assertThat(Html.failed(new TimeoutException(), false, "").body()).doesNotContain("记下");
  }
}
