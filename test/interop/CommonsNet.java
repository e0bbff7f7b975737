import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.commons.net.ftp.FTP;
import org.apache.commons.net.ftp.FTPSClient;

/** Drives Apache commons-net, what every Java program uses: HOST CERTIFICATE USER PASSWORD, then MODE PORT VERSION, again and again. */
public class CommonsNet {
  public static void main(String[] args) throws Exception {
    KeyStore known = KeyStore.getInstance(KeyStore.getDefaultType());
    known.load(null);
    try (FileInputStream pem = new FileInputStream(args[1])) {
      known.setCertificateEntry("server", CertificateFactory.getInstance("X.509").generateCertificate(pem));
    }
    TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(known);
    for (int at = 4; at < args.length; at += 3) {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      FTPSClient client = new FTPSClient(args[at].equals("implicit"), context);
      client.setEnabledProtocols(new String[] {args[at + 2]});
      client.setDefaultTimeout(30000);
      client.connect(args[0], Integer.parseInt(args[at + 1]));
      client.setSoTimeout(30000);
      need(client, client.login(args[2], args[3]), "login");
      client.execPBSZ(0);
      client.execPROT("P");
      client.enterLocalPassiveMode();
      client.setFileType(FTP.BINARY_FILE_TYPE);
      transfers(client, args[at] + "-" + args[at + 2]);
      client.logout();
      System.out.println(args[at] + " " + args[at + 2] + " done");
    }
  }

  private static void transfers(FTPSClient client, String directory) throws Exception {
    need(client, client.makeDirectory(directory), "MKD");
    need(client, client.changeWorkingDirectory(directory), "CWD");
    int[] sizes = {0, 1, 16384, 16385, 300000, 3000000, 10, 20, 30, 40, 50, 60};
    for (int size : sizes) {
      byte[] bytes = new byte[size];
      for (int index = 0; index < size; index += 1) bytes[index] = (byte) (index * 31 + size);
      need(client, client.storeFile("file-" + size, new ByteArrayInputStream(bytes)), "STOR of " + size);
      ByteArrayOutputStream back = new ByteArrayOutputStream();
      need(client, client.retrieveFile("file-" + size, back), "RETR of " + size);
      need(client, Arrays.equals(back.toByteArray(), bytes), "the bytes of " + size);
    }
    need(client, client.listFiles().length == sizes.length, "LIST");
    need(client, client.mlistDir().length >= sizes.length, "MLSD");
    need(client, client.appendFile("file-10", new ByteArrayInputStream(new byte[5])), "APPE");
  }

  private static void need(FTPSClient client, boolean isTrue, String what) {
    if (!isTrue) throw new IllegalStateException(what + ": " + client.getReplyString());
  }
}
