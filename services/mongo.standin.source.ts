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
 * Arguments: port, and a file to keep the documents in. Two things the library does not do by itself: it reports a wire
 * version that current drivers refuse, and it would write the oplog to the file too, which makes inserts three times
 * slower; so the oplog stays in memory and change streams cannot resume over a restart.
 */
export const STAND_IN_JAVA = `
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import de.bwaldvogel.mongo.backend.memory.MemoryDatabase;
import java.net.InetSocketAddress;
import java.util.List;
import org.h2.mvstore.MVStore;

public class MongoStandIn {
  static class Backend extends H2Backend {
    Backend(MVStore store) { super(store); }
    @Override protected MongoDatabase openOrCreateDatabase(String name) {
      return name.equals("local") ? new MemoryDatabase(name, getCursorRegistry()) : super.openOrCreateDatabase(name);
    }
  }

  static class Version implements MongoVersion {
    public List<Integer> getVersionArray() { return List.of(5, 0, 0); }
    public int getWireVersion() { return 13; }
  }

  public static void main(String[] arguments) throws Exception {
    MVStore store = new MVStore.Builder().fileName(arguments[1]).cacheSize(128).autoCommitBufferSize(16384).open();
    store.setAutoCommitDelay(100);
    H2Backend backend = new Backend(store);
    backend.version(new Version());
    MongoServer server = new MongoServer(backend);
    server.enableOplog();
    Runtime.getRuntime().addShutdownHook(new Thread(server::shutdownNow));
    server.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(arguments[0])));
  }
}
`;
