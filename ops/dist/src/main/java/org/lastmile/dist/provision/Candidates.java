package org.lastmile.dist.provision;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lastmile.channel.loudspeaker.Provisioning;
import org.lastmile.warning.Loudspeaker;

/**
 * The registry's loudspeakers, sorted into those that can be provisioned and everything that is
 * wrong with the others.
 */
public record Candidates(List<Loudspeaker> good, List<String> problems) {

  public static Candidates of(List<Loudspeaker> all, String gatewayUser) {
    List<Loudspeaker> good = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    Map<String, String> folders = new HashMap<>();
    for (Loudspeaker device : all) {
      String id = device.id();
      int before = problems.size();
      if (!Provisioning.isDevice(id)) {
        problems.add(
            told(device) + ": the id is not 1 to 64 characters without # + / space or controls");
      }
      if (id.contains(":")) {
        problems.add(told(device) + ": the id has a colon, which ends a name in password files");
      }
      if (id.equals(gatewayUser)) {
        problems.add(told(device) + ": the id is the gateway's own user name at the broker");
      }
      if (!device.areaCode().matches("\\d{12,}")) {
        problems.add(
            told(device)
                + ": no area code of 12 digits ('"
                + device.areaCode()
                + "'): it would obey no command for its area; add 村 or 行政区划代码");
      }
      String same = folders.putIfAbsent(Bundles.fold(id), id);
      if (same != null) {
        problems.add(told(device) + ": differs from " + same + " by capitals alone");
      }
      if (problems.size() == before) {
        good.add(device);
      }
    }
    return new Candidates(List.copyOf(good), List.copyOf(problems));
  }

  private static String told(Loudspeaker device) {
    String name = device.name().equals(device.id()) ? "" : " (" + device.name() + ")";
    return "loudspeaker '" + device.id() + "'" + name;
  }
}
