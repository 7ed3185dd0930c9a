package org.lastmile.dist.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import picocli.CommandLine.Option;

/** Whether data is printed for people or for programs. */
public final class Printed {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(names = "--json", description = "Print JSON instead of words.")
  private boolean json;

  boolean json() {
    return json;
  }

  static void json(PrintWriter out, JsonNode data) {
    try {
      out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(data));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was read as JSON can be written as JSON", e);
    }
    out.flush();
  }
}
