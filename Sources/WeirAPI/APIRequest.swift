public import WeirModel

/// An HTTP request as endpoints see it: no sockets, so that tests and the page's shortcuts can make one by hand.
public struct APIRequest: Sendable {
    /// The method in capitals: `GET`.
    public var method: String
    /// The path, percent-decoded, without the query.
    public var path: String
    /// Pairs of the URL's query and, for form posts, of the body, decoded, in order.
    public var parameters: [(name: String, value: String)]
    /// Header fields by lower-case name; repeated ones joined by a comma.
    public var headers: [String: String]
    /// The body as it came over the wire; `Content-Encoding` is undone by the endpoint, which knows the limit.
    public var body: [UInt8]
    /// Whose data the request is about.
    public var tenant: Tenant
    /// When it arrived.
    public var arrival: Timestamp

    /// Creates a request.
    public init(
        method: String, path: String, parameters: [(name: String, value: String)] = [],
        headers: [String: String] = [:], body: [UInt8] = [], tenant: Tenant = .default, arrival: Timestamp
    ) {
        self.method = method
        self.path = path
        self.parameters = parameters
        self.headers = headers
        self.body = body
        self.tenant = tenant
        self.arrival = arrival
    }

    /// The first value of a parameter; nil when absent.
    public func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// All values of a parameter in order.
    public func parameters(_ name: String) -> [String] {
        parameters.filter { $0.name == name }.map(\.value)
    }
}
