import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/** {@code java -cp 'lib/*' Launch.java FILE}: formats the folder where it is new, and serves until standard input ends. */
public final class Launch {
  public static void main(String[] args) throws Exception {
    Properties properties = new Properties();
    try (var reader = Files.newBufferedReader(Path.of(args[0]))) {
      properties.load(reader);
    }
    if (!Files.exists(Path.of(properties.getProperty("log.dirs"), "meta.properties"))) {
      String cluster = org.apache.kafka.common.Uuid.randomUuid().toString();
      int outcome =
          kafka.tools.StorageTool.execute(new String[] {"format", "-t", cluster, "-c", args[0]}, System.err);
      if (outcome != 0) System.exit(outcome);
    }
    // Whoever started it holds the other end, and the operating system lets go of it however they end.
    Thread parent =
        new Thread(
            () -> {
              try {
                while (System.in.read() != -1) {}
              } catch (java.io.IOException closed) {
                System.err.println("Standard input was closed: " + closed.getMessage());
              }
              System.exit(0);
            });
    parent.setDaemon(true);
    parent.start();
    kafka.Kafka.main(new String[] {args[0]});
  }
}
