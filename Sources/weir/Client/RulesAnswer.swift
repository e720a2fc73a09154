/// What `/prometheus/api/v1/rules` answers.
struct RulesAnswer: Decodable {
    struct Payload: Decodable {
        let groups: [Group]
    }

    struct Group: Decodable {
        let name: String
        let file: String
        let interval: Double
        let evaluationTime: Double
        let rules: [Rule]
    }

    struct Rule: Decodable {
        let name: String
        let state: String?
        let health: String
        let lastError: String
        let alerts: [Alert]?
    }

    struct Alert: Decodable {
        let labels: [String: String]
        let state: String
    }

    let data: Payload
}
