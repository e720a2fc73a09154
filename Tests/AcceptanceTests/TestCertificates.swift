/// Certificates for tests of TLS, good for a hundred years: an authority, and a server (127.0.0.1) and a client signed by
/// it. Nothing else trusts them.
enum TestCertificates {
    /// Who signed the others.
    static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBkzCCATmgAwIBAgIUYm2xE1lvkwZfy+GS5qsVZ2aCs5kwCgYIKoZIzj0EAwIw
        HjEcMBoGA1UEAwwTd2VpciB0ZXN0IGF1dGhvcml0eTAgFw0yNjExMjExNjQzMjJa
        GA8yMTI2MTAyODE2NDMyMlowHjEcMBoGA1UEAwwTd2VpciB0ZXN0IGF1dGhvcml0
        eTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLuqtIfyQq5B+CdWiw2cXujnR3wn
        OMmXmDf/Qxze85MX8W5p7+o27+kyc6j79/Q3thYnAc3gG1MhIwtVqUU6/lujUzBR
        MB0GA1UdDgQWBBT1/F/b+ezPb6QjOLLz6A0JBBmqpTAfBgNVHSMEGDAWgBT1/F/b
        +ezPb6QjOLLz6A0JBBmqpTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gA
        MEUCIAM8pv3WF3ScjgGcnVfPceyIEgZ+hWTLdCLezxbC0A3UAiEAvBJtHJf7DvYU
        3sNux5A+hlHVR8XhfN53m5tE2tiStyE=
        -----END CERTIFICATE-----
        """

    /// The server's certificate.
    static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBkjCCATegAwIBAgIUEce3XOyw+fDia3py/+AQ5EPrPHcwCgYIKoZIzj0EAwIw
        HjEcMBoGA1UEAwwTd2VpciB0ZXN0IGF1dGhvcml0eTAgFw0yNjExMjExNjQzMjJa
        GA8yMTI2MTAyODE2NDMyMlowETEPMA0GA1UEAwwGc2VydmVyMFkwEwYHKoZIzj0C
        AQYIKoZIzj0DAQcDQgAEmYHZONeUN51dUlh716UCzcQGADB1CnJkkoITENmBQ0Vr
        zb7W3BouK/UXsqO0hAEjT/sg2PLlE4IHi/uQiqpVmaNeMFwwGgYDVR0RBBMwEYcE
        fwAAAYIJbG9jYWxob3N0MB0GA1UdDgQWBBTeR/XjxFIMmJf0YfKEiPe4qjubUDAf
        BgNVHSMEGDAWgBT1/F/b+ezPb6QjOLLz6A0JBBmqpTAKBggqhkjOPQQDAgNJADBG
        AiEA84tCzt0su/wJLdQ7JC5I7NBTvbNnOe6LF24UTjfmeggCIQD64QIb9MaI+dyl
        624nUzdHDkd2s8Tl3zhfYCTrXujrDA==
        -----END CERTIFICATE-----
        """

    /// Its key.
    static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQggvQwAHOqiwtFdFP8
        xMvOFmpJJ+8K6LCpq/K7mYHwp7WhRANCAASZgdk415Q3nV1SWHvXpQLNxAYAMHUK
        cmSSghMQ2YFDRWvNvtbcGi4r9Reyo7SEASNP+yDY8uUTggeL+5CKqlWZ
        -----END PRIVATE KEY-----
        """

    /// The client's certificate.
    static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBijCCATCgAwIBAgIUEce3XOyw+fDia3py/+AQ5EPrPHgwCgYIKoZIzj0EAwIw
        HjEcMBoGA1UEAwwTd2VpciB0ZXN0IGF1dGhvcml0eTAgFw0yNjExMjExNjQzMjJa
        GA8yMTI2MTAyODE2NDMyMlowETEPMA0GA1UEAwwGY2xpZW50MFkwEwYHKoZIzj0C
        AQYIKoZIzj0DAQcDQgAElS9qDquifkeoOM9VE0K+pgvSB8jH/uOXPYGf9znDZDyy
        /SKpVIHb62d9sqDVEPlO3cZI3MUGiQ0X4vb1718LdaNXMFUwEwYDVR0lBAwwCgYI
        KwYBBQUHAwIwHQYDVR0OBBYEFI5nHsCSXITjeUNyazgK7UdYdZGyMB8GA1UdIwQY
        MBaAFPX8X9v57M9vpCM4svPoDQkEGaqlMAoGCCqGSM49BAMCA0gAMEUCIFEfFL6b
        ifk8LVYeelnaIyvUK6/wSoc06cMGFlB9pE+xAiEA1GFMOaHiNC7rZdue0abHY8M3
        fP7wtcZzqVJ4t+FHkHk=
        -----END CERTIFICATE-----
        """

    /// Its key.
    static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgl5MsG3kywRTJiYPK
        BHGy+SI+fv0hfJmXrb2GaMjGb5ihRANCAASVL2oOq6J+R6g4z1UTQr6mC9IHyMf+
        45c9gZ/3OcNkPLL9IqlUgdvrZ32yoNUQ+U7dxkjcxQaJDRfi9vXvXwt1
        -----END PRIVATE KEY-----
        """
}
