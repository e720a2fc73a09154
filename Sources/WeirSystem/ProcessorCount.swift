internal import Glibc

/// How many processors this process may use.
public enum ProcessorCount {
    /// The number the kernel reports as online, at least 1.
    public static var online: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
