import Testing
import WeirAPI
import WeirModel

@Suite struct AccessControlTests {
    static let text = "weir_" + String(repeating: "x", count: 43)

    private func gate(
        _ scopes: Set<AccessScope>, tenants: Set<String> = [], requiresTenant: Bool = false
    ) throws -> TenantGate {
        let token = try #require(
            AccessToken(name: "bob", hash: AccessToken.hash(of: Self.text), scopes: scopes, tenants: tenants))
        return TenantGate(requiresTenant: requiresTenant, access: AccessControl(tokens: [token]))
    }

    private func status(
        _ gate: TenantGate, _ method: String, _ path: String, _ authorization: String? = "Bearer " + text,
        tenant: String? = nil
    ) -> Int {
        var headers: [String: String] = [:]
        headers["authorization"] = authorization
        headers["x-scope-orgid"] = tenant
        var request = APIRequest(method: method, path: path, headers: headers, arrival: Timestamp(nanoseconds: 0))
        return gate.refusal(of: &request)?.status ?? 200
    }

    @Test func `without tokens everything is open`() {
        let gate = TenantGate(requiresTenant: false)
        for path in ["/loki/api/v1/push", "/flush", "/metrics", "/ready"] {
            #expect(status(gate, "POST", path, nil) == 200)
        }
    }

    @Test func `a scope opens its own paths and no others`() throws {
        let needs: [(AccessScope, String, String)] = [
            (.push, "POST", "/loki/api/v1/push"), (.push, "POST", "/otlp/v1/logs"), (.push, "POST", "/web/_bulk"),
            (.push, "POST", "/api/v2/alerts"), (.read, "GET", "/api/v2/alerts"),
            (.read, "GET", "/loki/api/v1/query_range"), (.read, "POST", "/loki/api/v1/query_range"),
            (.read, "GET", "/loki/api/v1/label/a/values"), (.read, "GET", "/weir/api/v1/export"),
            (.read, "GET", "/loki/api/v1/rules"), (.delete, "POST", "/loki/api/v1/delete"),
            (.delete, "GET", "/loki/api/v1/delete"), (.admin, "POST", "/loki/api/v1/rules/a"),
            (.admin, "GET", "/config"), (.admin, "GET", "/log_level"), (.admin, "POST", "/flush"),
            (.admin, "POST", "/unheard/of"),
        ]
        for (needed, method, path) in needs {
            for scope in AccessScope.allCases {
                let expected = scope == needed || scope == .admin ? 200 : 403
                #expect(status(try gate([scope]), method, path) == expected, "\(scope) \(method) \(path)")
            }
        }
    }

    @Test func `readiness needs nothing, the process's own pages any token`() throws {
        let gate = try gate([])
        #expect(status(gate, "GET", "/ready", nil) == 200)
        for path in ["/metrics", "/loki/api/v1/status/buildinfo"] {
            #expect(status(gate, "GET", path, nil) == 401)
            #expect(status(gate, "GET", path) == 200)
        }
    }

    @Test(arguments: [
        nil, "", "Bearer", "Bearer weir_other", "Bearer " + text + "x", "Bearer " + String(text.dropLast()), "Basic !!",
        "Digest a", "Basic Ym9i",
    ])
    func `a missing or unknown token is 401 and says how to come in`(authorization: String?) throws {
        var request = APIRequest(
            method: "GET", path: "/loki/api/v1/labels", headers: authorization.map { ["authorization": $0] } ?? [:],
            arrival: Timestamp(nanoseconds: 0))
        let answer = try #require(try gate([.read]).refusal(of: &request))
        #expect(answer.status == 401)
        #expect(answer.headers.contains { $0.name == "WWW-Authenticate" })
    }

    @Test func `basic authentication takes the token as password and its name as user`() throws {
        let gate = try gate([.read])
        #expect(status(gate, "GET", "/loki/api/v1/labels", "Basic " + base64("bob:" + Self.text)) == 200)
        #expect(status(gate, "GET", "/loki/api/v1/labels", "Basic " + base64("eve:" + Self.text)) == 401)
    }

    @Test func `a token is good for its tenants only, and names a single one`() throws {
        let gate = try gate([.read], tenants: ["a"], requiresTenant: true)
        var request = APIRequest(
            method: "GET", path: "/loki/api/v1/labels", headers: ["authorization": "Bearer " + Self.text],
            arrival: Timestamp(nanoseconds: 0))
        #expect(gate.refusal(of: &request) == nil)
        #expect(request.tenant == Tenant("a"))
        #expect(status(gate, "GET", "/loki/api/v1/labels", tenant: "a") == 200)
        #expect(status(gate, "GET", "/loki/api/v1/labels", tenant: "b") == 403)
        #expect(status(gate, "GET", "/loki/api/v1/labels", tenant: "a|b") == 403)
    }

    @Test func `a token is 256 bits in 48 characters, and only its hash is kept`() {
        var next: UInt64 = 0
        let token = AccessToken.make {
            next &+= 0x9e37_79b9_7f4a_7c15
            return next
        }
        #expect(token.hasPrefix(AccessToken.prefix) && token.utf8.count == 48)
        #expect(token != AccessToken.make { 1 })
        #expect(AccessToken.hash(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(AccessToken(name: "a", hash: "abc", scopes: []) == nil)
    }

    private func base64(_ text: String) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var result = ""
        var word = 0
        var bits = 0
        for byte in text.utf8 {
            word = word << 8 | Int(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                result.append(alphabet[word >> bits & 63])
            }
        }
        if bits > 0 { result.append(alphabet[word << (6 - bits) & 63]) }
        while result.count % 4 != 0 { result.append("=") }
        return result
    }
}
