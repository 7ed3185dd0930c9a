package org.lastmile.registry;

import java.util.Arrays;

/** A file as it was handed in: its name for the report, and its bytes. */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; nobody changes the bytes
public record NamedBytes(String name, byte[] bytes) {

  @Override
  public boolean equals(Object other) {
    return other instanceof NamedBytes that
        && name.equals(that.name)
        && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return name + " (" + bytes.length + " bytes)";
  }
}
