import Glibc

/// Measures the parts of Weir, in CPU time, so that other work on the machine counts as little as possible.
///
///     WeirBench [--corpus FOLDER] [--only WORD,…] [--json] [--results PATH] [--commit ID]
///
/// Prints a table, or JSON; with `--results` also adds one line of JSON to that file. Build with `-c release`.
@main
struct WeirBench {
    static func main() async {
        do {
            try await run(Options(Array(CommandLine.arguments.dropFirst())))
        } catch let fault as Options.Fault {
            fail(fault.message)
        } catch {
            fail("\(error)")
        }
    }

    private static func run(_ options: Options) async throws {
        var measurements: [Measurement] = []
        let show = { (measurement: Measurement) in
            guard !options.isJSON else { return }
            print(measurement.row)
            fflush(nil)
        }
        // First, while the process holds nothing else: its peak of memory is one of the figures.
        if StoreBenchmark.names.contains(where: options.wants) {
            let bodies = try PushBodies(folder: options.corpus)
            for measurement in try await StoreBenchmark(bodies: bodies).run() where options.wants(measurement.name) {
                show(measurement)
                measurements.append(measurement)
            }
        }
        let corpus = Corpus(seed: 1, bytes: 32 << 20)
        let benchmarks = BlockBenchmark.all(corpus) + CodecBenchmark.all(corpus) + QueryBenchmark.all()
        for benchmark in benchmarks where options.wants(benchmark.name) {
            measurements.append(try await benchmark.measure())
            show(measurements[measurements.count - 1])
        }
        let report = Report(options: options, measurements: measurements)
        if options.isJSON { print(report.line) }
        if let results = options.results, !report.append(to: results) { fail("cannot write \(results)") }
    }

    private static func fail(_ message: String) {
        print("WeirBench: \(message)")
        exit(2)
    }
}
