/** Maven coordinates of the stand-in; its dependencies come with it. */
export const STAND_IN_VERSION = '1.47.0';

export const STAND_IN_POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>strata</groupId><artifactId>mongo-stand-in</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>de.bwaldvogel</groupId><artifactId>mongo-java-server</artifactId><version>${STAND_IN_VERSION}</version></dependency>
    <dependency><groupId>de.bwaldvogel</groupId><artifactId>mongo-java-server-h2-backend</artifactId><version>${STAND_IN_VERSION}</version></dependency>
  </dependencies>
</project>
`;

/**
 * Arguments: port, and a file to keep the documents in. The library by itself reports a wire version that current drivers
 * refuse. Its oplog stays off: it would keep every document ever written, and only change streams read it.
 */
export const STAND_IN_JAVA = `
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.net.InetSocketAddress;
import java.util.List;
import org.h2.mvstore.MVStore;

public class MongoStandIn {
  static class Version implements MongoVersion {
    public List<Integer> getVersionArray() { return List.of(5, 0, 0); }
    public int getWireVersion() { return 13; }
  }

  public static void main(String[] arguments) throws Exception {
    MVStore store = new MVStore.Builder().fileName(arguments[1]).cacheSize(128).autoCommitBufferSize(16384).open();
    store.setAutoCommitDelay(100);
    H2Backend backend = new H2Backend(store);
    backend.version(new Version());
    MongoServer server = new MongoServer(backend);
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])));
  }
}
`;
