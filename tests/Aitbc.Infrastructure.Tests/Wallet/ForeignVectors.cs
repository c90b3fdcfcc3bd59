using System.Buffers.Text;
using Aitbc.Primitives;

namespace Aitbc.Infrastructure.Tests.Wallet;

/// <summary>Vectors that others made: RFC 7515, jose (npm) and cryptography (Python).</summary>
internal static class ForeignVectors
{
    /// <summary>The key of RFC 7515 appendix A.3.</summary>
    public const string X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";

    public const string Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    public const string Thumbprint = "oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U";

    /// <summary>The compact JWS of RFC 7515 appendix A.3.</summary>
    public const string Rfc7515A3 =
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9" +
        "pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqP" +
        "P3-Kg6NU1Q";

    /// <summary>Signed by jose under the RFC key: {"alg","kid"}, payload {"hello":"aitbc","n":"0"}.</summary>
    public const string JoseJws =
        "eyJhbGciOiJFUzI1NiIsImtpZCI6Im9LSXl3dkdVcFRWVHl4TVEzYndJSWVRVXVkZnJfQ2tMTWpDRTE5RUNELVUifQ.eyJoZ" +
        "WxsbyI6ImFpdGJjIiwibiI6IjAifQ.7QBVf6zXgc6zDqgXqFnat0eLTTRV9qp4bokDSgvBNXBOSd1Ho7L6JU6CjCob3L9v9q" +
        "2SvXsN4IPnyWf8tYuL-w";

    /// <summary>Signed by jose under the RFC key: {"alg","kid","typ"}, empty payload.</summary>
    public const string JoseJwsWithType =
        "eyJhbGciOiJFUzI1NiIsImtpZCI6Im9LSXl3dkdVcFRWVHl4TVEzYndJSWVRVXVkZnJfQ2tMTWpDRTE5RUNELVUiLCJ0eXAi" +
        "OiJhaXRiYytqd3MifQ..4ApQi_chXegeRbASZlYkujE4ac8xxhrWYpFBqzsvUCwLIcB-vmUsu4YagitQ-LDea8GetraT_cxA" +
        "E3w0ucUI4w";

    /// <summary>Signed by jose under another key.</summary>
    public const string JoseJwsOfAnotherKey =
        "eyJhbGciOiJFUzI1NiIsImtpZCI6Ilo0SUlDME5qZS1ZM0lWOENLdWllTzJ0bVFpeExWSmFNMk1YRkZGMVVmb2sifQ.eyJoZ" +
        "WxsbyI6ImFpdGJjIiwibiI6IjEifQ.l-RREggKwJQUM4VpKOsruTDcMwIU9jTcFc-13fHGqHD8E3yFYoyCTcoZZrTy9nD0kq" +
        "OAGDYYV4qfE9ujBY2Mow";

    /// <summary>Signed by the Python package under the RFC key.</summary>
    public const string PythonJws =
        "eyJhbGciOiJFUzI1NiIsImtpZCI6Im9LSXl3dkdVcFRWVHl4TVEzYndJSWVRVXVkZnJfQ2tMTWpDRTE5RUNELVUifQ.eyJmc" +
        "m9tIjoiYW5vdGhlciBpbXBsZW1lbnRhdGlvbiIsImFtb3VudCI6IjEifQ.-L8ud3lC1v0DL43mnQxgc-k8XZPNczeC95S7RS" +
        "ebjIGMVInPeY0vRROvh-x2Nio3OV38G42p_YlQUXQ3XAi1TA";

    /// <summary>Made here with the RFC key, payload {"made":"here"}; jose and cryptography both verified it.</summary>
    public const string OursVerifiedByOthers =
        "eyJhbGciOiJFUzI1NiIsImtpZCI6Im9LSXl3dkdVcFRWVHl4TVEzYndJSWVRVXVkZnJfQ2tMTWpDRTE5RUNELVUifQ.eyJtY" +
        "WRlIjoiaGVyZSJ9.AuLpv3iVpJTGZEUQBU6pVm1luyRLcBxT9Kf0rXFMyLzFfQkl8DejZMfHNIhTj2cKp-DTwGjSBKHuvF1U" +
        "MDZW9g";

    /// <summary>The RFC key as PKCS#8.</summary>
    public static readonly byte[] Pkcs8 = Convert.FromHexString(
        "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b02010104208e9b109e719098bf" +
        "980487df1f5d77e9cb29606ebed2263b5f57c213df84f4b2a144034200047fcdce2770f6c45d4183cbee6fdb" +
        "4b7b580733357be9ef13bacf6e3c7bd15445c7f144cd1bbd9b7e872cdfedb9eeb9f4b3695d6ea90b24ad8a46" +
        "23288588e5ad");

    /// <summary>A private key on P-384 as PKCS#8.</summary>
    public static readonly byte[] Pkcs8OnP384 = Convert.FromHexString(
        "3081b6020100301006072a8648ce3d020106052b8104002204819e30819b0201010430a1caa41908796fe7c1" +
        "19550287298fdd7bcd1fb8e6d67726332c6e99972bdb9a1b679dfc78e2208164a91861f5b9fe29a164036200" +
        "04a67c4209cbd0a045f7d30cd19606f1feb133f666d13b5563000c8ed36f1d6395e2379c6154dc527edd4bb0" +
        "977a2c783643aa19067bc471fa5dfc97f48ab662262da22d7af8bf3e81ac9e10a78a8236401eb8b4060e3350" +
        "34de7abe1339d1c105");

    /// <summary>A private key on secp256k1 as PKCS#8.</summary>
    public static readonly byte[] Pkcs8OnSecp256k1 = Convert.FromHexString(
        "308184020100301006072a8648ce3d020106052b8104000a046d306b02010104203734a2333acccefc0abbc5" +
        "852f4d622ae27c973ed407936b2ae368de1e5c989ba14403420004ebfd2e4bf11b345b694511a39613dfaac5" +
        "9bd17919e5017fc46ca432804ebaae3c1ee0076fc8405b5fb5c23cc580be7a07626d12a895bd4ce47588d175" +
        "b95080");

    /// <summary>A random host key file: the key is 01 02 ... 20.</summary>
    public static readonly byte[] HostKeyFile = Convert.FromHexString(
        "414954424320484f5354204b455920310a31000000010102030405060708090a0b0c0d0e0f10111213141516" +
        "1718191a1b1c1d1e1f200000000000000000000000000000000049d8ee580e85c9d8f6efdecbeb3dae5f3545" +
        "53c33bd8c811683bdd3e9fa4f14f");

    /// <summary>The key file of the RFC key under that host key.</summary>
    public static readonly byte[] KeyFile = Convert.FromHexString(
        "4149544243204b455920310a7c0000007fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c" +
        "7bd15445c7f144cd1bbd9b7e872cdfedb9eeb9f4b3695d6ea90b24ad8a4623288588e5ad3233343536373839" +
        "3a3b3c3df758be4c369643c52505b9412f17fa4f20ba462e173db9123c90153e32eb73326a5620137b6fa73a" +
        "3147c9579ef9bed1a530f07e1d90fe0dc73e01231ceca9ec6a8bc0b9e12a1685db7271dafb540ccb");

    /// <summary>A host key file of <see cref="Passphrase"/>.</summary>
    public static readonly byte[] PassphraseHostKeyFile = Convert.FromHexString(
        "414954424320484f5354204b455920310a31000000026465666768696a6b6c6d6e6f70717273747576777879" +
        "7a7b7c7d7e7f80818283adf4873880dea367c91d5e4b69b0074702dc1f3249b5f0aaa90aebd5de6bc239f1e4" +
        "9ef07cafb35933dbbf8e78d07c87");

    /// <summary>The key file of the RFC key under the passphrase.</summary>
    public static readonly byte[] PassphraseKeyFile = Convert.FromHexString(
        "4149544243204b455920310a7c0000007fcdce2770f6c45d4183cbee6fdb4b7b580733357be9ef13bacf6e3c" +
        "7bd15445c7f144cd1bbd9b7e872cdfedb9eeb9f4b3695d6ea90b24ad8a4623288588e5ad464748494a4b4c4d" +
        "4e4f50510e011219f2adfadbae57c346ab05e2fe3a2ad761d6519154370fcf1d5dc9cb5fb0fbf39e23fbfac7" +
        "51c2112586025982aa0ced051acf371eb7a8b25418ba6dbb29586aca488e55f38e1f35cfae50e572");

    public const string Passphrase = "correct horse battery stäple";

    /// <summary>The possession challenge of chain "sim:one", sponsor 00 01 ... 1f and the RFC key.</summary>
    public const string Challenge = "FKrHJorOz-f54B7bFLL9zh6bbsv4kPSOiOZKlw13nHE";

    /// <summary>A proof of that challenge by the RFC key.</summary>
    public static readonly byte[] Proof = Convert.FromHexString(
        "105cbf69a5b05ded7e63c8d6a4085576e25b384449a42df6b5572c902a6b3af7c4052dfdbb5d8924a491cf93" +
        "063e1a7de15f77c9f3c9a3221e651dcfd73010b9");

    public static PublicKey Key => PublicKey.From(Base64Url.DecodeFromChars(X), Base64Url.DecodeFromChars(Y));

    public static KeyId KeyId => KeyId.Parse(Thumbprint);
}
