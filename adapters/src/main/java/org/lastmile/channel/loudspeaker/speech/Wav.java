package org.lastmile.channel.loudspeaker.speech;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Sound of 16 bits in a WAV file, as much of it as putting one behind the other needs: one channel
 * is made of several, and another rate becomes that of the first.
 */
final class Wav {
  private static final int PCM = 1;
  private static final int EXTENSIBLE = 0xfffe;

  private final int rate;
  private final short[] samples;

  Wav(int rate, short[] samples) {
    this.rate = rate;
    this.samples = samples;
  }

  int rate() {
    return rate;
  }

  int length() {
    return samples.length;
  }

  /** Reads a file; throws naming what it can't take. */
  static Wav read(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    if (in.remaining() < 12 || !tag(in).equals("RIFF")) {
      throw new IOException(file.getFileName() + " is no WAV file");
    }
    in.position(12);
    int channels = 0;
    int rate = 0;
    while (in.remaining() >= 8) {
      String tag = tag(in);
      // Programs that write to a pipe don't know the length and put a huge one.
      int size = (int) Math.min(in.getInt() & 0xffffffffL, in.remaining());
      int next = Math.min(in.limit(), in.position() + size + size % 2);
      if (tag.equals("fmt ") && size >= 16) {
        int format = in.getShort() & 0xffff;
        channels = in.getShort();
        rate = in.getInt();
        int bits = in.getShort(in.position() + 6);
        if ((format != PCM && format != EXTENSIBLE) || bits != 16 || channels < 1 || rate < 1) {
          throw new IOException(file.getFileName() + " is not of 16 bits PCM");
        }
      } else if (tag.equals("data") && channels > 0) {
        return new Wav(rate, mixed(in, size / (2 * channels), channels));
      }
      in.position(next);
    }
    throw new IOException(file.getFileName() + " has no sound in it");
  }

  private static short[] mixed(ByteBuffer in, int frames, int channels) {
    short[] samples = new short[frames];
    for (int i = 0; i < frames; i++) {
      int sum = 0;
      for (int c = 0; c < channels; c++) {
        sum += in.getShort();
      }
      samples[i] = (short) (sum / channels);
    }
    return samples;
  }

  private static String tag(ByteBuffer in) {
    byte[] tag = new byte[4];
    in.get(tag);
    return new String(tag, StandardCharsets.US_ASCII);
  }

  /** This, a pause, and that. */
  Wav then(int pauseMs, Wav other) {
    short[] next = other.atRate(rate).samples;
    int pause = rate * pauseMs / 1000;
    short[] all = new short[samples.length + pause + next.length];
    System.arraycopy(samples, 0, all, 0, samples.length);
    System.arraycopy(next, 0, all, samples.length + pause, next.length);
    return new Wav(rate, all);
  }

  private Wav atRate(int wanted) {
    if (wanted == rate || samples.length == 0) {
      return this;
    }
    int length = (int) ((long) samples.length * wanted / rate);
    short[] at = new short[length];
    for (int i = 0; i < length; i++) {
      double from = (double) i * rate / wanted;
      int first = (int) from;
      int second = Math.min(first + 1, samples.length - 1);
      double part = from - first;
      at[i] = (short) Math.round(samples[first] * (1 - part) + samples[second] * part);
    }
    return new Wav(wanted, at);
  }

  void write(Path file) throws IOException {
    int size = 2 * samples.length;
    ByteBuffer out = ByteBuffer.allocate(44 + size).order(ByteOrder.LITTLE_ENDIAN);
    out.put(ascii("RIFF")).putInt(36 + size).put(ascii("WAVE"));
    out.put(ascii("fmt ")).putInt(16).putShort((short) PCM).putShort((short) 1);
    out.putInt(rate).putInt(2 * rate).putShort((short) 2).putShort((short) 16);
    out.put(ascii("data")).putInt(size);
    for (short sample : samples) {
      out.putShort(sample);
    }
    Files.write(file, out.array());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
