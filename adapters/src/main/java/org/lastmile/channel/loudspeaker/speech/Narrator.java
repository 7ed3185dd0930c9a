package org.lastmile.channel.loudspeaker.speech;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.lastmile.channel.loudspeaker.LoudspeakerConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has texts read aloud by a program, each text once however many devices wait for it. A few at a
 * time, on threads of its own, warnings before what is only got ready; a program that hangs is
 * ended.
 */
final class Narrator implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Narrator.class);

  /** A text that failed is not tried again for every one of a thousand devices. */
  private static final long AGAIN = Duration.ofSeconds(30).toNanos();

  private static final int MOST_WAITING = 5_000;
  private static final int LARGEST = 16 * 1024 * 1024;
  private static final int SMALLEST = 200;

  private final LoudspeakerConfig.Rendering config;
  private final Clips clips;
  private final LongSupplier nanos;
  private final ThreadPoolExecutor workers;
  private final Map<String, Job> underWay = new ConcurrentHashMap<>();
  private final Map<String, Failure> failures = new ConcurrentHashMap<>();
  private final AtomicLong order = new AtomicLong();
  private final AtomicInteger failed = new AtomicInteger();
  private volatile String trouble = "";

  private record Failure(String why, long at) {}

  /** It can't be read aloud; says why in words for people. */
  static final class Unspoken extends Exception {
    private static final long serialVersionUID = 1;

    Unspoken(String why) {
      super(why);
    }
  }

  /** One text on its way, in the queue perhaps twice: as it was asked for first, and sooner. */
  private final class Job implements Runnable, Comparable<Job> {
    private final String key;
    private final Work work;
    private final boolean soon;
    private final long number = order.incrementAndGet();
    private final AtomicBoolean begun;
    private final CompletableFuture<Clip> clip;

    private Job(String key, Work work, boolean soon) {
      this(key, work, soon, new AtomicBoolean(), new CompletableFuture<>());
    }

    private Job(
        String key, Work work, boolean soon, AtomicBoolean begun, CompletableFuture<Clip> clip) {
      this.key = key;
      this.work = work;
      this.soon = soon;
      this.begun = begun;
      this.clip = clip;
    }

    @Override
    public int compareTo(Job other) {
      int sooner = Boolean.compare(other.soon, soon);
      return sooner != 0 ? sooner : Long.compare(number, other.number);
    }

    @Override
    public void run() {
      if (begun.compareAndSet(false, true)) {
        make(this);
      }
    }
  }

  /** Makes a file of sound. */
  @FunctionalInterface
  interface Work {
    void write(Path out) throws IOException, InterruptedException, Unspoken;
  }

  Narrator(LoudspeakerConfig.Rendering config, Clips clips, LongSupplier nanos) {
    this.config = config;
    this.clips = clips;
    this.nanos = nanos;
    AtomicInteger number = new AtomicInteger();
    workers =
        new ThreadPoolExecutor(
            config.workers(),
            config.workers(),
            0,
            TimeUnit.SECONDS,
            new PriorityBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "speech-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * The clip that says the text; fails with {@link Unspoken}.
   *
   * @param soon a warning waits for it
   */
  CompletableFuture<Clip> say(String text, boolean soon) {
    return make(key(text), out -> speak(text, out), soon);
  }

  /** Under which that text is kept: another voice makes another clip of it. */
  String key(String text) {
    List<String> whole = new ArrayList<>(config.command());
    whole.add(config.format());
    whole.add(text);
    return Clips.hash(whole);
  }

  /** The same for sound that is put together: kept under that key. */
  CompletableFuture<Clip> make(String key, Work work, boolean soon) {
    var known = clips.saying(key);
    if (known.isPresent()) {
      return CompletableFuture.completedFuture(known.get());
    }
    Failure failure = failures.get(key);
    if (failure != null && nanos.getAsLong() - failure.at() < AGAIN) {
      return CompletableFuture.failedFuture(new Unspoken(failure.why()));
    }
    Job fresh = new Job(key, work, soon);
    Job job = underWay.computeIfAbsent(key, k -> fresh);
    if (job == fresh) {
      queue(job);
    } else if (soon && !job.soon && !job.begun.get()) {
      Job sooner = new Job(key, job.work, true, job.begun, job.clip);
      underWay.replace(key, job, sooner);
      queue(sooner);
    }
    // Whoever gives up waiting must not end it for the others.
    return job.clip.copy();
  }

  private void queue(Job job) {
    if (workers.getQueue().size() >= MOST_WAITING) {
      finish(job, null, new Unspoken(MOST_WAITING + " texts wait to be rendered"));
      return;
    }
    try {
      workers.execute(job);
    } catch (RejectedExecutionException e) {
      finish(job, null, new Unspoken("the gateway stops"));
    }
  }

  private void make(Job job) {
    Path file = null;
    try {
      file = clips.fresh();
      job.work.write(file);
      check(file);
      Clip clip = clips.keep(job.key, file, config.format());
      trouble = "";
      failures.remove(job.key);
      finish(job, clip, null);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      finish(job, null, new Unspoken("the gateway stops"));
    } catch (Unspoken e) {
      failed(job, e);
    } catch (IOException e) {
      failed(job, new Unspoken("folder " + config.folder() + ": " + e));
    } catch (RuntimeException e) { // commands wait for this text: they go out with words
      LOG.error("rendering stumbled", e);
      failed(job, new Unspoken("internal: " + e));
    } finally {
      delete(file);
    }
  }

  private void failed(Job job, Unspoken why) {
    trouble = why.getMessage();
    int count = failed.incrementAndGet();
    if (Integer.bitCount(count) == 1) {
      LOG.warn("speech was not rendered: {} ({} times so far)", why.getMessage(), count);
    }
    if (failures.size() > MOST_WAITING) {
      failures.clear();
    }
    failures.put(job.key, new Failure(why.getMessage(), nanos.getAsLong()));
    finish(job, null, why);
  }

  private void finish(Job job, Clip clip, Unspoken why) {
    underWay.remove(job.key);
    if (clip != null) {
      job.clip.complete(clip);
    } else {
      job.clip.completeExceptionally(why);
    }
  }

  private void speak(String text, Path out) throws IOException, InterruptedException, Unspoken {
    List<String> command = new ArrayList<>();
    boolean stdin = true;
    boolean stdout = true;
    for (String part : config.command()) {
      stdin &= !part.contains("{text}");
      stdout &= !part.contains("{out}");
      command.add(part.replace("{text}", text).replace("{out}", out.toString()));
    }
    Path said = clips.fresh();
    Process process = null;
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectError(said.toFile());
      builder.redirectOutput(
          stdout ? ProcessBuilder.Redirect.to(out.toFile()) : ProcessBuilder.Redirect.DISCARD);
      process = start(builder);
      try (OutputStream in = process.getOutputStream()) {
        if (stdin) {
          in.write(text.getBytes(StandardCharsets.UTF_8));
        }
      } catch (IOException e) {
        LOG.debug("{} did not read all of its text: {}", command.get(0), e.toString());
      }
      if (!process.waitFor(config.limit().toMillis(), TimeUnit.MILLISECONDS)) {
        throw new Unspoken(
            command.get(0) + " took longer than " + config.limit().toSeconds() + " s");
      }
      if (process.exitValue() != 0) {
        throw new Unspoken(
            "%s ended with %d: %s".formatted(command.get(0), process.exitValue(), begin(said)));
      }
    } finally {
      end(process);
      delete(said);
    }
  }

  private static Process start(ProcessBuilder builder) throws Unspoken {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new Unspoken("can't start " + builder.command().get(0) + ": " + e.getMessage());
    }
  }

  private static void end(Process process) {
    if (process != null && process.isAlive()) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static String begin(Path said) throws IOException {
    try (InputStream in = Files.newInputStream(said)) {
      return new String(in.readNBytes(200), StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
    }
  }

  private void check(Path file) throws IOException, Unspoken {
    long size = Files.size(file);
    if (size < SMALLEST) {
      throw new Unspoken("%s made no sound: %d bytes".formatted(config.command().get(0), size));
    }
    if (size > LARGEST) {
      throw new Unspoken("%d bytes of sound are more than %d".formatted(size, LARGEST));
    }
    byte[] head;
    try (InputStream in = Files.newInputStream(file)) {
      head = in.readNBytes(12);
    }
    String letters = new String(head, StandardCharsets.ISO_8859_1);
    boolean right =
        config.format().equals("wav")
            ? letters.startsWith("RIFF") && letters.startsWith("WAVE", 8)
            : letters.startsWith("ID3") || ((head[0] & 0xff) == 0xff && (head[1] & 0xe0) == 0xe0);
    if (!right) {
      throw new Unspoken(
          config.command().get(0) + " made something that is not " + config.format());
    }
  }

  private static void delete(Path file) {
    if (file == null) {
      return;
    }
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.warn("{} can't be deleted: {}", file, e.toString());
    }
  }

  /** Why the last text could not be read aloud; empty when it could. */
  String trouble() {
    return trouble;
  }

  int waiting() {
    return underWay.size();
  }

  int failedSoFar() {
    return failed.get();
  }

  @Override
  public void close() {
    workers.shutdownNow();
    underWay.values().forEach(job -> finish(job, null, new Unspoken("the gateway stops")));
  }
}
