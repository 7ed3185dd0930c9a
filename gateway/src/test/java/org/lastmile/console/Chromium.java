package org.lastmile.console;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The machine's own browser; tests that need one are left out where there is none. */
public final class Chromium implements AutoCloseable {
  private final Playwright playwright;
  private final Browser browser;

  public Chromium() {
    Optional<Path> chromium =
        Stream.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst();
    Assumptions.assumeTrue(
        chromium.isPresent(), "browser tests need chromium: apt-get install chromium");
    PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(chromium.get())
                    .setArgs(List.of("--no-sandbox")));
  }

  public Browser browser() {
    return browser;
  }

  /** Those that are shown and that a thumb in the rain misses, as HTML. */
  static List<?> tooSmallForAThumb(Page page, String selector) {
    return (List<?>)
        page.evaluate(
            "selector => [...document.querySelectorAll(selector)]"
                + ".filter(b => b.offsetParent && b.getBoundingClientRect().height < 40)"
                + ".map(b => b.outerHTML)",
            selector);
  }

  @Override
  public void close() {
    playwright.close();
  }
}
