package org.lastmile.channel.loudspeaker;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;

/** Why a broker could not be reached, in words that say what to look at. */
final class ConnectTrouble {
  private static final int UNACCEPTABLE_VERSION = 1;
  private static final int UNSUPPORTED_VERSION = 0x84;
  private static final int CONNECTION_LOST = 32_109;

  private ConnectTrouble() {}

  static String words(Throwable failure) {
    String tls = null;
    String last = null;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof CertificateExpiredException) {
        return "the broker's certificate has expired (" + t.getMessage() + "): renew it there";
      }
      if (t instanceof CertificateNotYetValidException) {
        return "the broker's certificate is not valid yet ("
            + t.getMessage()
            + "): is this machine's clock right?";
      }
      if (t instanceof CertPathBuilderException) {
        return "the broker's certificate is signed by nobody we trust: name its authority under"
            + " channels.loudspeaker.trust";
      }
      if (t instanceof CertificateException) {
        tls = "the broker's certificate is refused: " + t.getMessage();
      } else if (t instanceof SSLException && tls == null) {
        tls = "TLS: " + t.getMessage();
      } else if (t instanceof UnknownHostException) {
        last = "its name can't be found: " + t.getMessage();
      } else if (t instanceof ConnectException
          || t instanceof NoRouteToHostException
          || t instanceof SocketTimeoutException) {
        last = t.getMessage() + ": is it running, the port right, no firewall between?";
      } else if (t.getMessage() != null && !t.getMessage().equals("MqttException")) {
        last = last == null || t.getCause() == null ? t.getMessage() : last;
      }
    }
    if (tls != null) {
      return tls;
    }
    int code = code(failure);
    if (code == 4 || code == 5 || code == 0x86 || code == 0x87) {
      return "it refuses the gateway's user name or password (MQTT " + code + ")";
    }
    return last == null ? String.valueOf(failure) : last;
  }

  /** It says that it does not speak this version of MQTT. */
  static boolean isVersion(Throwable failure) {
    int code = code(failure);
    return code == UNACCEPTABLE_VERSION || code == UNSUPPORTED_VERSION;
  }

  /** It hung up in the middle of our greeting, as old brokers do that do not know the version. */
  static boolean hungUp(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof SSLException || t instanceof ConnectException) {
        return false;
      }
    }
    return code(failure) == CONNECTION_LOST;
  }

  private static int code(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof org.eclipse.paho.mqttv5.common.MqttException e) {
        return e.getReasonCode();
      }
      if (t instanceof org.eclipse.paho.client.mqttv3.MqttException e) {
        return e.getReasonCode();
      }
    }
    return 0;
  }
}
