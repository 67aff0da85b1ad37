import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A job that is too heavy for an API call: it generates a CSV file of taxi trips, sorts it on disk, and prints statistics. It needs only the
 * JDK, which compiles it when it starts, and at most a few dozen megabytes of memory.
 *
 * <pre>java Trips.java [megabytes]</pre>
 */
public final class Trips {
    private static final String[] CITIES = {
        "Antwerp", "Bergen", "Cusco", "Dakar", "Esfahan", "Florence", "Granada", "Hanoi", "Izmir", "Jaipur", "Kyoto", "Lagos",
    };
    private static final int TRIPS_A_BLOCK = 1_000;
    private static final int TRIPS_A_CHUNK = 400_000;
    private static final int STEPS = 3;

    private static volatile boolean finished;

    public static void main(final String[] args) throws IOException {
        double megabytes = number(args.length > 0 ? args[0] : "");
        String parent = System.getenv("HEAVY_BATCH_SCRATCH");
        Path scratch = parent == null ? Files.createTempDirectory("trips-") : Files.createTempDirectory(Path.of(parent), "trips-");
        // AWS Batch sends SIGTERM 30 seconds before SIGKILL: when the job is terminated, or when it runs for too long. Java then exits with 143.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            if (!finished) System.out.println("SIGTERM: cleaning up");
            remove(scratch);
        }));

        try {
            Path csv = scratch.resolve("trips.csv");
            long trips = generate(csv, megabytes * 1024 * 1024);
            List<Path> chunks = sortChunks(csv, trips);
            System.out.println("::result " + aggregate(chunks, trips));
        } finally {
            finished = true;
        }
    }

    private static double number(final String text) {
        double megabytes = 0;
        try {
            megabytes = Double.parseDouble(text);
        } catch (NumberFormatException notANumber) {
            // the usage is printed below
        }
        if (!(megabytes > 0 && megabytes <= 10_000)) {
            System.err.println("usage: java Trips.java <megabytes, 1 to 10000>, not '" + text + "'");
            System.exit(2);
        }
        return megabytes;
    }

    /** Writes trips until the file has the given size. The same size always gives the same trips. */
    private static long generate(final Path file, final double bytes) throws IOException {
        Progress progress = new Progress("generated", 0, bytes, "MB", 1024 * 1024);
        Random random = new Random();
        long written = 0;
        long trips = 0;
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            while (written < bytes) {
                StringBuilder lines = new StringBuilder();
                for (int line = 0; line < TRIPS_A_BLOCK; line++) {
                    String city = CITIES[(int) (random.next() * CITIES.length)];
                    String second = String.valueOf((int) (random.next() * 31_536_000));
                    double share = random.next();
                    int metres = (int) (share * share * share * 80_000);
                    int cents = 300 + (int) (metres * (1 + random.next()) / 10);
                    lines.append(city).append(',').append("0".repeat(8 - second.length())).append(second)
                        .append(',').append(metres).append(',').append(cents).append('\n');
                }
                out.append(lines);
                trips += TRIPS_A_BLOCK;
                written += lines.length();
                progress.report(written);
            }
        }
        return trips;
    }

    private static final class Random {
        private int seed = 42;

        double next() {
            seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
            return seed / 2_147_483_648.0;
        }
    }

    /** Splits the file into chunks that fit into memory, and sorts each of them. */
    private static List<Path> sortChunks(final Path file, final long trips) throws IOException {
        Progress progress = new Progress("sorted", 1, trips, "trips", 1);
        List<Path> chunks = new ArrayList<>();
        long done = 0;
        try (BufferedReader in = Files.newBufferedReader(file)) {
            List<String> lines = new ArrayList<>();
            for (String line = in.readLine(); line != null;) {
                lines.add(line);
                line = in.readLine();
                if (line != null && lines.size() < TRIPS_A_CHUNK) continue;
                Collections.sort(lines);
                Path chunk = file.resolveSibling("chunk-" + chunks.size() + ".csv");
                Files.write(chunk, lines);
                chunks.add(chunk);
                done += lines.size();
                lines.clear();
                progress.report(done);
            }
        }
        Files.delete(file);
        return chunks;
    }

    /** Merges the sorted chunks, and computes the statistics of each city. */
    private static String aggregate(final List<Path> chunks, final long trips) throws IOException {
        Progress progress = new Progress("merged", 2, trips, "trips", 1);
        PriorityQueue<Chunk> heads = new PriorityQueue<>(Comparator.comparing((Chunk chunk) -> chunk.line));
        for (Path chunk : chunks) heads.add(new Chunk(chunk));
        List<String> cities = new ArrayList<>();
        String city = null;
        IntStream.Builder fares = IntStream.builder();
        long done = 0;
        while (!heads.isEmpty()) {
            Chunk least = heads.poll();
            String[] fields = least.line.split(",");
            if (!fields[0].equals(city)) {
                if (city != null) cities.add(statistics(city, fares));
                city = fields[0];
                fares = IntStream.builder();
            }
            fares.add(Integer.parseInt(fields[3]));
            if (least.next()) heads.add(least);
            if (++done % 100_000 == 0) progress.report(done);
        }
        cities.add(statistics(city, fares));
        progress.report(done);
        return "{\"trips\":" + done + ",\"cities\":[" + String.join(",", cities) + "]}";
    }

    /** A sorted file, and the line of it that comes next. */
    private static final class Chunk {
        private final BufferedReader in;
        private String line;

        Chunk(final Path file) throws IOException {
            in = Files.newBufferedReader(file);
            next();
        }

        /** Reads the next line. Returns false at the end of the file. */
        boolean next() throws IOException {
            line = in.readLine();
            if (line == null) in.close();
            return line != null;
        }
    }

    /** In whole units of money, but for the median and the 95th percentile. */
    private static String statistics(final String city, final IntStream.Builder fares) {
        int[] sorted = fares.build().sorted().toArray();
        long total = IntStream.of(sorted).asLongStream().sum();
        return "{\"city\":\"" + city + "\",\"trips\":" + sorted.length + ",\"total\":" + total / 100
            + ",\"median\":" + at(sorted, 50) + ",\"p95\":" + at(sorted, 95) + "}";
    }

    private static double at(final int[] sorted, final int percent) {
        return sorted[(int) ((long) sorted.length * percent / 100)] / 100.0;
    }

    /** Prints the progress every two seconds, and the end of a step. `index` counts the steps. */
    private static final class Progress {
        private final String step;
        private final int index;
        private final double total;
        private final String unit;
        private final int size;
        private final long started = System.currentTimeMillis();
        private long printed = started;

        Progress(final String step, final int index, final double total, final String unit, final int size) {
            this.step = step;
            this.index = index;
            this.total = total;
            this.unit = unit;
            this.size = size;
        }

        void report(final long done) {
            long now = System.currentTimeMillis();
            if (now - printed < 2_000 && done < total) return;
            printed = now;
            long percentage = (long) ((index + Math.min(1, done / total)) / STEPS * 100);
            System.out.printf(Locale.ENGLISH, "::progress %d %s %,d of %,d %s (%.1f s)%n", percentage, step,
                (long) (Math.min(done, total) / size), (long) (total / size), unit, (now - started) / 1000.0);
        }
    }

    private static void remove(final Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        } catch (IOException error) {
            throw new UncheckedIOException(error);
        }
    }
}
