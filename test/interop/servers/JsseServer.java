import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/**
 * A small FTPS server on JSSE, the TLS of Java. It ends each data connection by `SSLSocket.close`: in TLS 1.3 that sends
 * `user_canceled` and then close_notify. PORT MODE VERSION ROOT CERTIFICATE KEY; it stops with its standard input.
 */
public class JsseServer {
  private static SSLContext context;
  private static String version;
  private static boolean isImplicit;
  private static Path root;

  public static void main(String[] args) throws Exception {
    isImplicit = args[1].equals("implicit");
    version = args[2];
    root = Path.of(args[3]);
    context = contextOf(Path.of(args[4]), Path.of(args[5]));
    try (ServerSocket server = new ServerSocket(Integer.parseInt(args[0]), 50, InetAddress.getByName("127.0.0.1"))) {
      while (true) {
        Socket socket = server.accept();
        new Thread(() -> converse(socket)).start();
      }
    }
  }

  private static SSLContext contextOf(Path certificateFile, Path keyFile) throws Exception {
    Certificate certificate;
    try (var pem = Files.newInputStream(certificateFile)) {
      certificate = CertificateFactory.getInstance("X.509").generateCertificate(pem);
    }
    String base64 = Files.readString(keyFile).replaceAll("-----[^-]+-----|\\s", "");
    PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64));
    PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(encoded);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry("server", key, new char[0], new Certificate[] {certificate});
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext made = SSLContext.getInstance("TLS");
    made.init(keys.getKeyManagers(), null, null);
    return made;
  }

  private static SSLSocket secure(Socket socket) throws IOException {
    SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(socket, null, socket.getPort(), true);
    secured.setUseClientMode(false);
    secured.setEnabledProtocols(new String[] {version});
    return secured;
  }

  private static void converse(Socket tcp) {
    try (tcp) {
      Socket socket = isImplicit ? secure(tcp) : tcp;
      say(socket, "220 FTP on JSSE");
      BufferedReader lines = linesOf(socket);
      if (!isImplicit) {
        for (String line = lines.readLine(); !line.startsWith("AUTH"); line = lines.readLine()) say(socket, "530 AUTH TLS first");
        say(socket, "234 TLS now");
        socket = secure(tcp);
        lines = linesOf(socket);
      }
      serve(socket, lines);
    } catch (Exception ended) {
      // With its client.
    }
  }

  private static void serve(Socket socket, BufferedReader lines) throws IOException {
    SSLServerSocket passive = null;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int space = line.indexOf(' ');
      String verb = space < 0 ? line : line.substring(0, space);
      Path path = root.resolve("./" + (space < 0 ? "" : line.substring(space + 1))).normalize();
      switch (verb.toUpperCase()) {
        case "USER" -> say(socket, "331 The password, please");
        case "PASS" -> say(socket, "230 Signed in");
        case "PBSZ", "PROT", "TYPE", "NOOP" -> say(socket, "200 Yes");
        case "CWD" -> say(socket, "250 There is but one directory");
        case "PWD" -> say(socket, "257 \"/\"");
        case "SIZE" -> say(socket, Files.isRegularFile(path) ? "213 " + Files.size(path) : "550 No file");
        case "EPSV" -> {
          if (passive != null) passive.close();
          passive = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, socket.getLocalAddress());
          passive.setEnabledProtocols(new String[] {version});
          say(socket, "229 Here (|||" + passive.getLocalPort() + "|)");
        }
        case "RETR", "STOR", "LIST" -> {
          say(socket, "150 Now");
          try (SSLSocket data = (SSLSocket) passive.accept()) {
            // Otherwise it would begin with the first byte, and an empty file has none.
            data.startHandshake();
            move(verb.toUpperCase(), path, data);
          }
          say(socket, "226 Done");
        }
        case "QUIT" -> {
          say(socket, "221 Goodbye");
          return;
        }
        default -> say(socket, "502 Unknown here");
      }
    }
  }

  private static void move(String verb, Path path, Socket data) throws IOException {
    switch (verb) {
      case "RETR" -> Files.copy(path, data.getOutputStream());
      case "STOR" -> {
        try (OutputStream file = Files.newOutputStream(path)) {
          data.getInputStream().transferTo(file);
        }
      }
      default -> {
        StringBuilder listing = new StringBuilder();
        try (Stream<Path> files = Files.list(root)) {
          for (Path file : (Iterable<Path>) files::iterator) {
            listing.append("-rw-r--r-- 1 user group ").append(Files.size(file)).append(" Jan 01 2020 ");
            listing.append(file.getFileName()).append("\r\n");
          }
        }
        data.getOutputStream().write(listing.toString().getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private static BufferedReader linesOf(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  private static void say(Socket socket, String reply) throws IOException {
    socket.getOutputStream().write((reply + "\r\n").getBytes(StandardCharsets.UTF_8));
  }
}
