package org.lastmile.dist.provision;

import com.google.zxing.BarcodeFormat;
import com.google.zxing.EncodeHintType;
import com.google.zxing.WriterException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.QRCodeWriter;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * The sticker on the box, 80 by 40 mm: for people the id, the place and what it covers; for a
 * camera the id and a fingerprint of the credentials.
 */
final class Label {
  private static final int WIDTH = 80;
  private static final int HEIGHT = 40;
  private static final int CODE = 32;

  private Label() {}

  /** What the QR code says. */
  static String words(Bundle bundle, boolean secret) {
    return "lastmile:speaker?id="
        + URLEncoder.encode(bundle.id(), StandardCharsets.UTF_8)
        + "&fp="
        + bundle.fingerprint()
        + (secret ? "&password=" + bundle.password() : "");
  }

  static String svg(Bundle bundle, boolean secret) {
    BitMatrix code = code(words(bundle, secret));
    StringBuilder dots = new StringBuilder();
    for (int y = 0; y < code.getHeight(); y++) {
      for (int x = 0; x < code.getWidth(); x++) {
        if (code.get(x, y)) {
          dots.append('M').append(x).append(' ').append(y).append("h1v1h-1z");
        }
      }
    }
    StringBuilder text = new StringBuilder();
    line(text, 9, 4.6, true, bundle.id());
    line(text, 15, 3.2, false, bundle.device().name());
    line(text, 20, 3.2, false, bundle.device().village());
    int row = 25;
    for (String point : bundle.points().stream().limit(2).toList()) {
      line(text, row, 2.8, false, point);
      row += 4;
    }
    if (bundle.points().size() > 2) {
      line(text, row - 4 + 3.5, 2.4, false, "…共 " + bundle.points().size() + " 处");
    }
    line(text, 37, 2.4, false, bundle.fingerprint());
    return """
        <svg xmlns="http://www.w3.org/2000/svg" width="%dmm" height="%dmm" viewBox="0 0 %d %d" font-family="sans-serif">
        <rect width="100%%" height="100%%" fill="#fff"/>
        <svg x="3" y="4" width="%d" height="%d" viewBox="0 0 %d %d" shape-rendering="crispEdges"><path d="%s"/></svg>
        %s</svg>
        """
        .formatted(
            WIDTH,
            HEIGHT,
            WIDTH,
            HEIGHT,
            CODE,
            CODE,
            code.getWidth(),
            code.getHeight(),
            dots,
            text);
  }

  private static void line(StringBuilder svg, double y, double size, boolean bold, String words) {
    // A long name is narrowed, not cut: what is cut off may be what tells two villages apart.
    double wide = words.codePoints().mapToDouble(c -> c > 0x2e80 ? 1 : 0.6).sum() * size;
    int room = WIDTH - CODE - 8;
    svg.append("<text x=\"").append(CODE + 5).append("\" y=\"").append(y);
    svg.append("\" font-size=\"").append(size).append('"');
    svg.append(bold ? " font-weight=\"bold\"" : "");
    if (wide > room) {
      svg.append(" textLength=\"").append(room).append("\" lengthAdjust=\"spacingAndGlyphs\"");
    }
    svg.append('>').append(escaped(words)).append("</text>\n");
  }

  private static BitMatrix code(String words) {
    try {
      return new QRCodeWriter()
          .encode(
              words,
              BarcodeFormat.QR_CODE,
              0,
              0,
              Map.of(
                  EncodeHintType.ERROR_CORRECTION,
                  ErrorCorrectionLevel.M,
                  EncodeHintType.CHARACTER_SET,
                  "UTF-8",
                  EncodeHintType.MARGIN,
                  2));
    } catch (WriterException e) {
      throw new IllegalStateException("an id of 64 characters fits into a QR code", e);
    }
  }

  private static String escaped(String words) {
    StringBuilder safe = new StringBuilder();
    List<String> marks = List.of("&amp;", "&lt;", "&gt;");
    words
        .codePoints()
        .filter(c -> c >= ' ')
        .forEach(
            c -> {
              int mark = "&<>".indexOf(c);
              safe.append(mark < 0 ? Character.toString(c) : marks.get(mark));
            });
    return safe.toString();
  }
}
