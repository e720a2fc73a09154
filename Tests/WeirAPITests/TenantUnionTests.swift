import Testing
import WeirAPI
import WeirModel

@Suite struct TenantUnionTests {
    private let source = TenantUnion(Server(stored: [["app": "x"], ["app": "y", "__tenant_id__": "own"]]))

    private func series(_ tenant: String, _ matchers: Matcher...) async throws -> [String] {
        try await source.series(tenant: Tenant(tenant), matchers: matchers, range: .all).map(\.description)
    }

    @Test func `a single tenant is asked as it is`() async throws {
        #expect(try await series("a") == [#"{__tenant_id__="own", app="y"}"#, #"{app="x"}"#])
    }

    @Test func `streams of several tenants say whose they are`() async throws {
        #expect(
            try await series("b|a") == [
                #"{__tenant_id__="a", app="x"}"#,
                #"{__tenant_id__="a", app="y", original___tenant_id__="own"}"#,
                #"{__tenant_id__="b", app="x"}"#,
                #"{__tenant_id__="b", app="y", original___tenant_id__="own"}"#,
            ])
    }

    @Test func `matchers choose tenants, and the streams' own label under its new name`() async throws {
        let tenant = try Matcher("__tenant_id__", .matches, "a.*")
        let original = try Matcher("original___tenant_id__", .equal, "own")
        #expect(
            try await series("a|b", tenant, original) == [
                #"{__tenant_id__="a", app="y", original___tenant_id__="own"}"#
            ])
    }

    @Test func `names and values are those of all tenants`() async throws {
        let both = Tenant("a|b")
        #expect(
            try await source.labelNames(tenant: both, matchers: [], range: .all) == [
                "__tenant_id__", "app", "original___tenant_id__",
            ])
        #expect(
            try await source.labelValues(of: "__tenant_id__", tenant: both, matchers: [], range: .all) == ["a", "b"])
        #expect(
            try await source.labelValues(of: "original___tenant_id__", tenant: both, matchers: [], range: .all)
                == ["own"])
        let volumes = try await source.volumes(tenant: both, matchers: [], ranges: [.all])
        #expect(volumes[0].count == 4)
    }
}
