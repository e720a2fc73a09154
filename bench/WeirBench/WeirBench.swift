import Glibc

/// Small measurements of single parts, in CPU time, so that other work on the machine does not count.
///
///     WeirBench [--filter WORD] [--results PATH] [--commit ID]
///
/// Prints a table; with `--results` also appends one line of JSON to that file. Build with `-c release`.
@main
struct WeirBench {
    static func main() {
        var filter = ""
        var results: String?
        var commit = ""
        var arguments = CommandLine.arguments.dropFirst()
        while let name = arguments.popFirst() {
            guard let value = arguments.popFirst() else { return fail("\(name) needs a value") }
            switch name {
            case "--filter": filter = value
            case "--results": results = value
            case "--commit": commit = value
            default: return fail("unknown option \(name)")
            }
        }
        let corpus = Corpus(seed: 1, bytes: 32 << 20)
        var measurements: [Measurement] = []
        for benchmark in BlockBenchmark.all(corpus) + CodecBenchmark.all(corpus) where benchmark.name.contains(filter) {
            let measurement = benchmark.measure()
            print(measurement.row)
            fflush(nil)
            measurements.append(measurement)
        }
        if let results, !Report(commit: commit, measurements: measurements).append(to: results) {
            fail("cannot write \(results)")
        }
    }

    private static func fail(_ message: String) {
        print("WeirBench: \(message)")
        exit(2)
    }
}
