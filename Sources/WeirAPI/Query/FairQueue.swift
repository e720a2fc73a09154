internal import WeirModel

/// Who waits for a query to begin: first come first served for each tenant, and the tenants in turn, so that one with a
/// thousand queries delays another's by one. Pure.
struct FairQueue: Sendable {
    private var waiting: [Tenant: [UInt64]] = [:]
    /// Tenants with somebody waiting, the next one first.
    private var turns: [Tenant] = []
    private let perTenantMax: Int
    /// How many wait in all.
    private(set) var count = 0

    /// - Parameter perTenantMax: the most that wait of one tenant.
    init(perTenantMax: Int) {
        self.perTenantMax = perTenantMax
    }

    /// Puts somebody at the end of the tenant's queue; false when it is full.
    mutating func append(_ number: UInt64, of tenant: Tenant) -> Bool {
        let length = waiting[tenant]?.count ?? 0
        guard length < perTenantMax else { return false }
        if length == 0 { turns.append(tenant) }
        waiting[tenant, default: []].append(number)
        count += 1
        return true
    }

    /// Takes out who is next.
    mutating func next() -> UInt64? {
        guard !turns.isEmpty else { return nil }
        let tenant = turns.removeFirst()
        guard var queue = waiting[tenant] else { return nil }
        let number = queue.removeFirst()
        waiting[tenant] = queue.isEmpty ? nil : queue
        if !queue.isEmpty { turns.append(tenant) }
        count -= 1
        return number
    }

    /// Takes out somebody who will not wait any more; false when they are not in the queue.
    mutating func remove(_ number: UInt64, of tenant: Tenant) -> Bool {
        guard var queue = waiting[tenant], let index = queue.firstIndex(of: number) else { return false }
        queue.remove(at: index)
        waiting[tenant] = queue.isEmpty ? nil : queue
        if queue.isEmpty { turns.removeAll { $0 == tenant } }
        count -= 1
        return true
    }
}
