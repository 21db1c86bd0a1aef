import de.bwaldvogel.mongo.MongoBackend;
import de.bwaldvogel.mongo.MongoServer;
import de.bwaldvogel.mongo.MongoVersion;
import de.bwaldvogel.mongo.backend.h2.H2Backend;
import java.util.List;

/** {@code java -cp 'lib/*' Launch.java PORT FILE}: serves the file on loopback until its standard input ends. */
public final class Launch {
  /** Drivers of today refuse what calls itself less. */
  private static final MongoVersion VERSION =
      new MongoVersion() {
        @Override
        public List<Integer> getVersionArray() {
          return List.of(5, 0, 0);
        }

        @Override
        public int getWireVersion() {
          return 13;
        }
      };

  public static void main(String[] args) throws Exception {
    MongoBackend backend = new H2Backend(args[1]).version(VERSION);
    MongoServer server = new MongoServer(backend);
    server.bind("127.0.0.1", Integer.parseInt(args[0]));
    System.out.println("listening " + server.getLocalAddress().getPort());
    // Whoever started it holds the other end, and the operating system lets go of it however they end.
    while (System.in.read() != -1) {}
    server.shutdown();
    System.exit(0);
  }
}
