package org.lastmile.cap;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Turns bytes into text by byte order mark, then by the declared encoding, then by what the bytes
 * can be. A declaration that lies is common (a file says UTF-8 and is GB18030); what had to be
 * guessed is a doubt, because a wrong guess would be read out to people.
 */
final class SourceText {

  private static final Pattern DECLARED =
      Pattern.compile("^\\s*<\\?xml[^>]{0,200}?encoding\\s*=\\s*[\"']([^\"']{1,40})[\"']");
  private static final Charset GB18030 = Charset.forName("GB18030");

  private SourceText() {}

  /** The text without its byte order mark; null when no encoding fits, which is then a problem. */
  static String of(byte[] bytes, Findings findings) {
    if (startsWith(bytes, 0xEF, 0xBB, 0xBF)) {
      return decode(bytes, 3, UTF_8, findings);
    }
    if (startsWith(bytes, 0xFE, 0xFF)) {
      return decode(bytes, 2, UTF_16BE, findings);
    }
    if (startsWith(bytes, 0xFF, 0xFE)) {
      return decode(bytes, 2, UTF_16LE, findings);
    }
    if (bytes.length >= 2 && bytes[0] == 0 && bytes[1] != 0) {
      return decode(bytes, 0, UTF_16BE, findings);
    }
    if (bytes.length >= 2 && bytes[0] != 0 && bytes[1] == 0) {
      return decode(bytes, 0, UTF_16LE, findings);
    }
    return decode(bytes, 0, declared(bytes, findings), findings);
  }

  private static Charset declared(byte[] bytes, Findings findings) {
    String start = new String(bytes, 0, Math.min(bytes.length, 400), ISO_8859_1);
    Matcher declaration = DECLARED.matcher(start);
    if (!declaration.find()) {
      return UTF_8;
    }
    String name = declaration.group(1);
    if (name.toUpperCase(Locale.ROOT).matches("UTF-?(16|32).*")) {
      findings.notice(
          null, "declared as " + name + " but each character is one byte: read as UTF-8");
      return UTF_8;
    }
    if (name.toUpperCase(Locale.ROOT).matches("GB_?2312(-80)?|GBK|X-GBK|CP936")) {
      return GB18030;
    }
    try {
      return Charset.forName(name);
    } catch (IllegalArgumentException e) {
      findings.notice(null, "unknown encoding " + Findings.quote(name) + ": read as UTF-8");
      return UTF_8;
    }
  }

  private static String decode(byte[] bytes, int from, Charset charset, Findings findings) {
    String text = strictly(bytes, from, charset);
    if (text == null && charset.equals(UTF_8)) {
      text = strictly(bytes, from, GB18030);
      if (text != null) {
        findings.doubt("文件不是有效的 UTF-8，已按 GB18030 读取：请核对文字是否乱码");
      }
    }
    if (text == null) {
      findings.problem(null, "the bytes are not valid " + charset + ": send UTF-8");
    }
    return text;
  }

  /** Null when a byte sequence means nothing in that encoding: nothing is replaced in silence. */
  private static String strictly(byte[] bytes, int from, Charset charset) {
    try {
      return charset
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(bytes, from, bytes.length - from))
          .toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private static boolean startsWith(byte[] bytes, int... mark) {
    if (bytes.length < mark.length) {
      return false;
    }
    for (int i = 0; i < mark.length; i++) {
      if ((bytes[i] & 0xFF) != mark[i]) {
        return false;
      }
    }
    return true;
  }
}
