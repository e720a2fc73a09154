internal import Logging
internal import ServiceLifecycle
internal import WeirAPI
internal import WeirConfig
internal import WeirSystem

/// Looks at the file with the limits of single tenants, and applies it when it has changed.
struct RuntimeLimitsService: Service {
    let path: String
    let period: Duration
    let file: ServeFile
    let limits: LimitTable
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var applied: [UInt8]?
            apply(&applied)
            while (try? await Task.sleep(for: period)) != nil { apply(&applied) }
        }
    }

    /// Reads the file; a file that cannot be used changes nothing, and is complained about once.
    private func apply(_ applied: inout [UInt8]?) {
        guard let bytes = try? PosixFileSystem().contents(of: path) else {
            if applied != [] { logger.error("runtime configuration cannot be read", metadata: ["path": "\(path)"]) }
            applied = []
            return
        }
        guard bytes != applied else { return }
        let isFirst = applied == nil
        applied = bytes
        let text = String(decoding: bytes, as: UTF8.self)
        let runtime = RuntimeFile.read(text, file: path, over: file)
        for remark in runtime.diagnostics where remark.severity != .note { logger.warning("\(remark)") }
        guard runtime.isUsable else {
            return logger.error("runtime configuration not applied", metadata: ["path": "\(path)"])
        }
        limits.replace(runtime.overrides, text: text)
        if !isFirst { logger.info("runtime configuration applied", metadata: ["path": "\(path)"]) }
    }
}
