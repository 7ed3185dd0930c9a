package org.lastmile.channel.wechat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callback XML comes from the internet: what could do harm is refused. */
class CallbackXmlTest {

  private static Map<String, String> read(String xml) throws CallbackXml.Unreadable {
    return CallbackXml.read(xml.getBytes(UTF_8));
  }

  @Test
  void a_flat_message_is_its_values() throws Exception {
    assertThat(
            read(
                "<xml><ToUserName><![CDATA[gh_1]]></ToUserName>\n<CreateTime>1763782220</CreateTime>"
                    + "<Content><![CDATA[1 < 2 & ]]>收到</Content><MsgId>24</MsgId></xml>"))
        .containsEntry("ToUserName", "gh_1")
        .containsEntry("CreateTime", "1763782220")
        .containsEntry("Content", "1 < 2 & 收到")
        .containsEntry("MsgId", "24");
  }

  @Test
  void nested_values_stand_under_their_path_and_lists_are_numbered() throws Exception {
    assertThat(
            read(
                "<xml><E><List><A>1</A><B/></List><List><A>2</A></List></E><MsgId>24</MsgId></xml>"))
        .containsEntry("MsgId", "24")
        .containsEntry("E", "")
        .containsEntry("E/List/A", "1")
        .containsEntry("E/List/B", "")
        .containsEntry("E/List#2/A", "2")
        .hasSize(5);
  }

  @Test
  void an_external_entity_is_refused_without_a_connection() throws Exception {
    AtomicInteger connections = new AtomicInteger();
    HttpServer outside =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    outside.createContext(
        "/",
        exchange -> {
          connections.incrementAndGet();
          exchange.close();
        });
    outside.start();
    try {
      String url = "http://localhost:" + outside.getAddress().getPort() + "/x";
      for (String dtd :
          new String[] {
            "<!DOCTYPE xml [<!ENTITY e SYSTEM \"" + url + "\">]>",
            "<!DOCTYPE xml SYSTEM \"" + url + "\">",
            "<!DOCTYPE xml [<!ENTITY % p SYSTEM \"" + url + "\"> %p;]>"
          }) {
        assertThatThrownBy(() -> read(dtd + "<xml><Content>&e;</Content></xml>"))
            .isInstanceOf(CallbackXml.Unreadable.class);
      }
      assertThat(connections).hasValue(0);
    } finally {
      outside.stop(0);
    }
  }

  @Test
  void a_file_entity_is_refused() {
    assertThatThrownBy(
            () ->
                read(
                    "<!DOCTYPE xml [<!ENTITY e SYSTEM \"file:///etc/hostname\">]>"
                        + "<xml><Content>&e;</Content></xml>"))
        .isInstanceOf(CallbackXml.Unreadable.class);
  }

  @Test
  void entities_that_multiply_are_refused() {
    StringBuilder bomb = new StringBuilder("<!DOCTYPE xml [<!ENTITY a0 \"ha\">");
    for (int i = 1; i < 20; i++) {
      bomb.append("<!ENTITY a" + i + " \"" + ("&a" + (i - 1) + ";").repeat(10) + "\">");
    }
    bomb.append("]><xml><Content>&a19;</Content></xml>");
    assertThatThrownBy(() -> read(bomb.toString())).isInstanceOf(CallbackXml.Unreadable.class);
  }

  @Test
  void deep_nesting_is_refused() {
    assertThatThrownBy(() -> read("<xml>" + "<a>".repeat(9000) + "</a>".repeat(9000) + "</xml>"))
        .isInstanceOf(CallbackXml.Unreadable.class)
        .hasMessageContaining("deeply");
  }

  @Test
  void a_flood_of_elements_is_refused() {
    StringBuilder many = new StringBuilder("<xml>");
    for (int i = 0; i < 300; i++) {
      many.append("<a" + i + "/>");
    }
    assertThatThrownBy(() -> read(many + "</xml>"))
        .isInstanceOf(CallbackXml.Unreadable.class)
        .hasMessageContaining("many");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "success",
        "{\"ToUserName\":\"gh_1\"}",
        "<html><body/></html>",
        "<xml><MsgId>1</MsgId>",
        "<xml><MsgId>1</MsgId><MsgId>2</MsgId></xml>",
        "<xml><Content>&unknown;</Content></xml>",
        "<xml><a></xml>"
      })
  void anything_else_is_unreadable(String body) {
    assertThatThrownBy(() -> read(body)).isInstanceOf(CallbackXml.Unreadable.class);
  }

  @Property(tries = 500)
  void no_bytes_break_it(@ForAll byte[] junk) {
    try {
      CallbackXml.read(junk);
      throw new AssertionError("random bytes were read as a callback");
    } catch (CallbackXml.Unreadable expected) {
      assertThat(expected).hasMessageNotContaining("\n");
    }
  }
}
