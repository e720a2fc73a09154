/// `/-/reload`, as Prometheus has it: the difference in the answer, and nothing changed when the new files cannot be used.
struct ReloadEndpoint: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        guard let reload = services.reload else { return [] }
        return [
            Endpoint(["POST", "PUT"], "/-/reload") { _, _ in
                do throws(ReloadError) {
                    let lines = try await reload()
                    return .text(lines.isEmpty ? "nothing changed\n" : lines.joined(separator: "\n") + "\n")
                } catch {
                    let lines = ["not reloaded, the old configuration holds"] + error.lines
                    return .text(lines.joined(separator: "\n") + "\n", status: 400)
                }
            }
        ]
    }
}
