import java.io.FileInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The client of Java. It asks twice by one client, and tells what it saw the second time. Lines of URLS: situation, tab, URL. */
class Clients {
  static final String BODY = "{\"model\":\"gpt-4o\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";

  static HttpClient client() throws Exception {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null);
    var number = 0;
    try (var file = new FileInputStream(System.getenv("CA"))) {
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(file))
        store.setCertificateEntry("ca" + number++, certificate);
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).sslContext(context).build();
  }

  static String ask(HttpClient client, String url) {
    var request = HttpRequest.newBuilder(URI.create(url + "/chat/completions"))
        .timeout(Duration.ofSeconds(10))
        .header("authorization", "Bearer sk-test")
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(BODY))
        .build();
    try {
      return client.send(request, BodyHandlers.ofString()).body().contains("[DONE]") ? "answer" : "half an answer";
    } catch (IOException | InterruptedException error) {
      Throwable innermost = error;
      while (innermost.getCause() != null) innermost = innermost.getCause();
      var words = String.valueOf(innermost.getMessage()).replaceAll("/?127\\.0\\.0\\.1:\\d+", "").replaceAll(": NotAfter.*|.*: GOAWAY", "$0").split("\n")[0];
      return innermost.getClass().getSimpleName() + ": " + words.split(": \\w{3} \\w{3} \\d")[0];
    }
  }

  public static void main(String[] args) throws Exception {
    for (var line : System.getenv("LINES_OF_URLS").split("\n")) {
      var parts = line.split("\t");
      var client = client();
      if (!parts[0].startsWith("certificate")) ask(client, parts[1]);
      var saw = ask(client, parts[1]).replace("\\", "").replace("\"", "'");
      System.out.println("SEEN [\"Java `HttpClient`\",\"" + parts[0] + "\",\"" + saw + "\"]");
    }
    System.exit(0);
  }
}
