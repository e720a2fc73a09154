internal import WeirBytes
internal import WeirModel

/// `/weir/api/v1/rules/backtest`: rules in the body, run over stored lines between `start` and `end`.
struct BacktestEndpoint: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        guard let backtest = services.backtest else { return [] }
        return [
            Endpoint(["POST"], "/weir/api/v1/rules/backtest") { request, _ in
                do {
                    let (start, end) = try QueryParameters(request).bounds()
                    let yaml = String(decoding: request.body, as: UTF8.self)
                    return .json(Self.json(try await backtest(request.tenant, yaml, start, end)))
                } catch RuleFileAccess.Refusal.invalid(let message) {
                    return .text(message + "\n", status: 400)
                } catch let error as ParameterError {
                    return .text(error.message + "\n", status: 400)
                } catch {
                    return .text("\(error)\n", status: 500)
                }
            }
        ]
    }

    private static func json(_ answer: BacktestAnswer) -> [UInt8] {
        var json = JSONWriter(reservingCapacity: 4096)
        json.raw(#"{"status":"success","data":{"evaluations":"#)
        json.number(answer.evaluations)
        json.raw(#","errors":"#)
        json.texts(answer.errors)
        json.raw(#","steps":"#)
        json.list(answer.steps) { json, step in
            json.raw(#"{"at":"#)
            json.string(TimeText.nanoseconds(step.at.nanoseconds))
            json.raw(#","group":"#)
            json.string(step.group)
            json.raw(#","rule":"#)
            json.string(step.rule)
            json.raw(#","kind":"#)
            json.string(step.kind)
            json.raw(#","labels":"#)
            json.labels(step.labels)
            json.raw(#","value":"#)
            json.quotedNumber(step.value)
            json.raw("}")
        }
        json.raw("}}\n")
        return json.bytes
    }
}
