internal import WeirAPI
internal import WeirAgent
internal import WeirBytes
internal import WeirModel

/// What an agent that runs alone answers: readiness, metrics, its files, and a reload.
struct AgentPages: Sendable {
    let runner: AgentRunner
    let process: ProcessMetrics

    func answer(_ request: APIRequest) -> APIResponse {
        switch request.path {
        case "/ready": return .text("Ready\n")
        case "/metrics":
            return APIResponse(
                status: 200, headers: [("Content-Type", MetricExposition.contentType)],
                body: Array(MetricExposition.text(process.families() + runner.families).utf8))
        case "/", "/targets": return page(runner.statistics)
        case "/weir/agent/v1/targets": return .json(Self.json(runner.statistics))
        case "/reload", "/-/reload":
            guard request.method == "POST" || request.method == "GET" else {
                return .text("method not allowed\n", status: 405)
            }
            return runner.reload().map { .text($0 + "\n", status: 500) } ?? .text("reloading\n")
        default: return .text("404 page not found\n", status: 404)
        }
    }

    /// Files and destinations as JSON, for `weir agent status` and scripts.
    private static func json(_ statistics: AgentStatistics) -> [UInt8] {
        var writer = JSONWriter()
        writer.raw("{\"targets\":[")
        for (index, target) in statistics.targets.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.raw("{\"path\":")
            writer.string(target.path)
            writer.raw(",\"labels\":")
            writer.string(target.labels.description)
            let numbers: [(StaticString, Int)] = [
                (",\"position\":", target.position), (",\"size\":", target.size), (",\"lag\":", target.lag),
                (",\"lines\":", target.linesRead),
            ]
            for (key, number) in numbers {
                writer.raw(key)
                writer.number(number)
            }
            writer.raw("}")
        }
        writer.raw("],\"destinations\":[")
        for (index, delivery) in statistics.deliveries.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.raw("{\"name\":")
            writer.string(delivery.name)
            writer.raw(",\"sent\":")
            writer.number(delivery.entriesSent)
            writer.raw(",\"dropped\":")
            writer.number(delivery.entriesDropped.values.reduce(0, +))
            writer.raw("}")
        }
        writer.raw("]}")
        return writer.bytes
    }

    private func page(_ statistics: AgentStatistics) -> APIResponse {
        var text = """
            <!doctype html><meta charset="utf-8"><title>weir agent</title>
            <style>body{font:14px sans-serif;margin:2em}td,th{padding:.2em .8em;text-align:left}
            td.n{text-align:right}tr:nth-child(even){background:#f4f4f4}</style>
            <h1>weir agent \(Version.number)</h1>
            <h2>Files</h2><table><tr><th>Path<th>Labels<th>Read up to<th>Size<th>Lag<th>Lines</tr>
            """
        for target in statistics.targets {
            text += "<tr><td>\(Self.escaped(target.path))<td>\(Self.escaped(target.labels.description))"
            for number in [target.position, target.size, target.lag, target.linesRead] {
                text += "<td class=n>\(number)"
            }
            text += "</tr>\n"
        }
        text += "</table><h2>Destinations</h2><table><tr><th>Name<th>Entries sent<th>Entries refused</tr>"
        for delivery in statistics.deliveries {
            text += "<tr><td>\(Self.escaped(delivery.name))<td class=n>\(delivery.entriesSent)"
            text += "<td class=n>\(delivery.entriesDropped.values.reduce(0, +))</tr>\n"
        }
        return APIResponse(
            status: 200, headers: [("Content-Type", "text/html; charset=utf-8")], body: Array((text + "</table>").utf8))
    }

    /// Paths and labels are other people's texts.
    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
