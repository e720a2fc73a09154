/// What `/weir/api/v1/explain` answers.
struct ExplainAnswer: Decodable {
    let data: Payload

    struct Payload: Decodable {
        let scans: [Scan]
    }

    /// One scan of the query.
    struct Scan: Decodable {
        let query: String
        let plan: [String]
        let streams: Int
        let blocks: Int
        let lines: Int
        let bytes: Int
    }
}
