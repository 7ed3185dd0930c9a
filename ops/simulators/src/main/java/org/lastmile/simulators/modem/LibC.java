package org.lastmile.simulators.modem;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.io.IOException;
import java.util.Map;

/** The few C calls that a pseudo-terminal needs beyond what pty4j offers. */
interface LibC extends Library {
  LibC INSTANCE = Native.load(Platform.C_LIBRARY_NAME, LibC.class);

  int O_RDWR = 2;
  int O_NOCTTY = Platform.isMac() ? 0x20000 : 0x100;
  int O_NONBLOCK = Platform.isMac() ? 0x4 : 0x800;
  int F_SETFL = 4;
  int TCSANOW = 0;

  /** Larger than struct termios of any platform that we run on. */
  int TERMIOS_OCTETS = 256;

  /** Linux numbers its speeds; others, and new C libraries, say them as they are. */
  Map<Integer, Integer> SPEEDS =
      Map.of(
          9_600, 0xD,
          19_200, 0xE,
          38_400, 0xF,
          57_600, 0x1001,
          115_200, 0x1002,
          230_400, 0x1003,
          460_800, 0x1004,
          921_600, 0x1007);

  int open(String path, int flags);

  int close(int descriptor);

  int write(int descriptor, byte[] data, long count);

  int fcntl(int descriptor, int command, Object... arguments);

  int tcgetattr(int descriptor, Memory termios);

  int tcsetattr(int descriptor, int when, Memory termios);

  void cfmakeraw(Memory termios);

  int cfgetospeed(Memory termios);

  /** Whether a terminal is set to that speed. */
  static boolean speed(int descriptor, int baud) {
    try (Memory termios = new Memory(TERMIOS_OCTETS)) {
      if (INSTANCE.tcgetattr(descriptor, termios) != 0) {
        return false;
      }
      int speed = INSTANCE.cfgetospeed(termios);
      return speed == baud || Integer.valueOf(speed).equals(SPEEDS.get(baud));
    }
  }

  /** Switches echo and line editing off, as a serial line has none. */
  static void makeRaw(int descriptor) throws IOException {
    try (Memory termios = new Memory(TERMIOS_OCTETS)) {
      if (INSTANCE.tcgetattr(descriptor, termios) != 0) {
        throw new IOException("tcgetattr: errno " + Native.getLastError());
      }
      INSTANCE.cfmakeraw(termios);
      if (INSTANCE.tcsetattr(descriptor, TCSANOW, termios) != 0) {
        throw new IOException("tcsetattr: errno " + Native.getLastError());
      }
    }
  }
}
