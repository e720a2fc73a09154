public import WeirSystem

/// How messages leave, so that tests can take them instead of other servers.
public protocol NotificationTransport: Sendable {
    /// Sends a POST request and waits for the answer.
    func post(_ message: HTTPMessage) async throws(HTTPSendError) -> HTTPAnswer
    /// Sends an e-mail.
    func send(_ message: MailMessage) async -> DeliveryOutcome
}
