internal import WeirModel

/// `/weir/api/v1/backup`: the whole store as a tar archive that unpacks to a data folder.
///
/// About the process and not about a tenant, as `/flush` is. It is asked for by POST, because it seals the head.
struct BackupEndpoint: Sendable {
    private let services: APIServices

    init(services: APIServices) {
        self.services = services
    }

    var endpoints: [Endpoint] {
        [Endpoint(["POST"], "/weir/api/v1/backup") { _, _ in await backup() }]
    }

    private func backup() async -> APIResponse {
        guard let makeBackup = services.makeBackup else {
            return .text("this server has no store to back up\n", status: 501)
        }
        do {
            var response = APIResponse(
                status: 200,
                headers: [
                    ("Content-Type", "application/x-tar"),
                    ("Content-Disposition", "attachment; filename=\"weir-backup.tar\""),
                ])
            response.stream = try await makeBackup()
            return response
        } catch {
            return QueryFailure.answer(to: error)
        }
    }
}
