/// The programs that the containers pretend to run, each with the log format of its kind.
enum DemoService: String, CaseIterable {
    case checkout, web, worker, database, inventory

    /// The image that `config.v2.json` names.
    var image: String {
        switch self {
        case .checkout: "shop/checkout:2.4.1"
        case .web: "nginx:1.27"
        case .worker: "shop/worker:2.4.1"
        case .database: "postgres:17"
        case .inventory: "shop/inventory:1.9.0"
        }
    }

    /// The lines of one event, and whether they go to standard error.
    func lines(_ random: inout DemoRandom) -> (lines: [String], isError: Bool) {
        switch self {
        case .checkout: ([Self.checkoutLine(&random)], false)
        case .web: ([Self.accessLine(&random)], false)
        case .worker: ([Self.workerLine(&random)], false)
        case .database: ([Self.databaseLine(&random)], true)
        case .inventory: Self.inventoryLines(&random)
        }
    }

    /// JSON, as application loggers write it.
    private static func checkoutLine(_ random: inout DemoRandom) -> String {
        let (level, message, status) = random.pick([
            ("info", "order placed", 201), ("info", "order placed", 201), ("info", "basket changed", 200),
            ("info", "payment accepted", 200), ("warn", "payment provider slow", 200),
            ("error", "payment refused: timeout while dialing provider", 502),
        ])
        let duration = random.number(below: level == "info" ? 90 : 2500) + 3
        let trace = random.hexadecimal(digits: 16)
        return "{\"level\":\"\(level)\",\"msg\":\"\(message)\",\"status\":\(status),\"duration_ms\":\(duration),"
            + "\"order\":\(random.number(below: 90_000) + 10_000),\"trace_id\":\"\(trace)\"}"
    }

    /// The combined format of web servers.
    private static func accessLine(_ random: inout DemoRandom) -> String {
        let path = random.pick(["/", "/products/17", "/basket", "/checkout", "/search?q=lamp", "/healthz", "/old-page"])
        let status = path == "/old-page" ? 404 : random.pick([200, 200, 200, 200, 200, 200, 304, 302, 500])
        let host = "10.0.\(random.number(below: 4)).\(random.number(below: 250) + 2)"
        let size = random.number(below: 40_000)
        return
            "\(host) - - \"GET \(path) HTTP/1.1\" \(status) \(size) \"-\" \"Mozilla/5.0\" rt=0.\(random.number(below: 900) + 100)"
    }

    /// logfmt.
    private static func workerLine(_ random: inout DemoRandom) -> String {
        let queue = random.pick(["mail", "invoice", "thumbnail"])
        let job = random.number(below: 1_000_000)
        if random.number(below: 12) == 0 {
            return
                "level=error msg=\"job failed, will retry\" queue=\(queue) job=\(job) attempt=\(random.number(below: 4) + 1)"
                + " err=\"connection reset by peer\""
        }
        return "level=info msg=\"job done\" queue=\(queue) job=\(job) duration=\(random.number(below: 900) + 8)ms"
    }

    /// A database's own format.
    private static func databaseLine(_ random: inout DemoRandom) -> String {
        let process = random.number(below: 400) + 60
        switch random.number(below: 8) {
        case 0: return "[\(process)] ERROR:  deadlock detected"
        case 1: return "[\(process)] WARNING:  there is no transaction in progress"
        case 2: return "[\(process)] LOG:  checkpoint complete: wrote \(random.number(below: 3000)) buffers"
        default:
            let milliseconds = "\(random.number(below: 300)).\(random.number(below: 900) + 100)"
            return "[\(process)] LOG:  duration: \(milliseconds) ms  statement: SELECT * FROM orders WHERE id = $1"
        }
    }

    /// Plain lines, and now and then a stack trace over several.
    private static func inventoryLines(_ random: inout DemoRandom) -> (lines: [String], isError: Bool) {
        let item = random.number(below: 5000)
        guard random.number(below: 10) == 0 else {
            return (["INFO  StockService - reserved item \(item), \(random.number(below: 80)) left"], false)
        }
        return (
            [
                "ERROR StockService - cannot reserve item \(item)",
                "java.lang.IllegalStateException: stock is negative",
                "\tat shop.inventory.StockService.reserve(StockService.java:\(random.number(below: 300) + 20))",
                "\tat shop.inventory.OrderListener.onOrder(OrderListener.java:61)",
            ], true
        )
    }
}
