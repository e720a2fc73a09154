internal import ArgumentParser
internal import WeirAgent
internal import WeirModel
internal import WeirSystem

/// `weir import`: pushes files of any age to a server.
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Pushes files of log lines, or what `weir export` printed, to a server.",
        discussion: """
            weir import docker.ndjson
            zcat old.log.gz | weir import - --label job=archive

            Plain lines take the time that they start with when it is RFC 3339, else that of the line before. The \
            server drops entries that it has already, so that an import may be run again.
            """)

    @Argument(help: "Files; - is standard input.")
    var files: [String]

    @Option(name: .shortAndLong, help: "A label name=value for every line; may be repeated.")
    var label: [String] = []

    @Option(help: "What the files hold: ndjson or text; decided by the first line when left out.")
    var form: ImportForm?

    @OptionGroup var server: ServerAddress

    /// Lines go to the server in requests of this many bytes.
    private static let batchBytes = 1 << 20

    func validate() throws {
        _ = try labels()
    }

    func run() async throws {
        let labels = try labels()
        let url = server.base + "/loki/api/v1/push"
        var configuration = ClientConfiguration(url: url)
        for (name, value) in try server.client.headers { configuration.headers[name] = Secret(value) }
        let client = PushClient(
            configuration, sender: NetworkSender(),
            report: { event in
                guard case .retry(let reason, _) = event.attempt else { return }
                try? StandardStream.error.writeLine("weir: \(url): \(reason); trying again")
            })
        var sum = 0
        for path in files {
            var reader = ImportReader(form: form?.form, labels: labels, now: SystemClock().now())
            let lines = try LineInput(path)
            var isMore = true
            while isMore {
                isMore = try lines.next { line throws(StartFailure) in
                    do throws(ImportReader.Fault) { try reader.take(line) } catch {
                        throw StartFailure("\(path):\(lines.number): \(error.reason)")
                    }
                }
                guard !isMore || reader.bytes >= Self.batchBytes, !reader.batch.isEmpty else { continue }
                let parcel = client.prepare(reader.batch, tenant: nil)
                if case .refused(_, let message) = try await client.deliver(parcel) {
                    throw StartFailure("\(path), lines up to \(lines.number): \(message)")
                }
                sum += parcel.lineCount
                reader.reset()
                if StandardStream.error.isTerminal {
                    try StandardStream.error.write(Array("\r\(path): \(sum) lines".utf8))
                }
            }
        }
        try StandardStream.error.writeLine((StandardStream.error.isTerminal ? "\r\u{1b}[K" : "") + "\(sum) lines")
    }

    private func labels() throws -> LabelSet {
        LabelSet(
            try label.map { text in
                guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                    throw ValidationError("--label \(text): write name=value")
                }
                return Label(String(text[..<equals]), String(text[text.index(after: equals)...]))
            })
    }
}

/// What imported files hold, as it is said on the command line.
enum ImportForm: String, ExpressibleByArgument, CaseIterable {
    /// What `weir export` prints.
    case ndjson
    /// Log lines.
    case text

    var form: ImportReader.Form {
        switch self {
        case .ndjson: .objects
        case .text: .text
        }
    }
}
