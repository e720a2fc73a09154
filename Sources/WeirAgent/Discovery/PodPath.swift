package import WeirModel

/// What the path of a pod's log says about the pod, without asking Kubernetes.
///
/// ```
/// /var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log
/// /var/log/containers/POD_NAMESPACE_CONTAINER-ID.log
/// ```
package struct PodPath: Sendable, Hashable {
    /// The pod's namespace.
    package var namespace: String
    /// Its name.
    package var pod: String
    /// Its unique id; empty where the path does not say.
    package var uid = ""
    /// The container.
    package var container: String

    /// Takes a path apart; nil when it is not a pod's.
    package init?(_ path: String) {
        let parts = path.split(separator: "/")
        if parts.count >= 4, parts[parts.count - 4] == "pods" {
            let names = parts[parts.count - 3].split(separator: "_", omittingEmptySubsequences: false)
            guard names.count == 3, !names.contains("") else { return nil }
            (namespace, pod, uid) = (String(names[0]), String(names[1]), String(names[2]))
            container = String(parts[parts.count - 2])
            return
        }
        guard parts.count >= 2, parts[parts.count - 2] == "containers", let file = parts.last,
            file.hasSuffix(".log")
        else { return nil }
        let names = file.dropLast(4).split(separator: "_", omittingEmptySubsequences: false)
        guard names.count == 3, let dash = names[2].lastIndex(of: "-"), !names[0].isEmpty, !names[1].isEmpty else {
            return nil
        }
        let id = names[2][names[2].index(after: dash)...]
        guard id.utf8.count == 64, id.allSatisfy(\.isHexDigit) else { return nil }
        (pod, namespace) = (String(names[0]), String(names[1]))
        container = String(names[2][..<dash])
    }

    /// The labels for relabelling, by the names that `kubernetes_sd_configs` gives them.
    package var metaLabels: [Label] {
        let pairs = [
            ("namespace", namespace), ("pod_name", pod), ("pod_uid", uid), ("pod_container_name", container),
        ]
        return pairs.filter { !$0.1.isEmpty }.map { Label("__meta_kubernetes_" + $0.0, $0.1) }
    }
}
