using Aitbc.Primitives;
using Aitbc.Protocol.Blobs;

namespace Aitbc.Protocol.Wire;

/// <content>Blobs.</content>
internal static partial class CommandReader
{
    private static DeclareBlob ReadBlob(ref WireReader reader, ulong seen)
    {
        Digest digest = default;
        ulong sizeBytes = 0;
        uint days = 0;
        var access = BlobAccess.Parties;
        var names = new List<Digest>();
        while (reader.Next(BlobMembers, ref seen, out var member))
        {
            switch (member)
            {
                case 1:
                    digest = reader.Text<Digest>();
                    break;
                case 2:
                    sizeBytes = reader.Integer(WireReader.MaxInteger);
                    break;
                case 3:
                    days = reader.UInt32();
                    break;
                case 4:
                    access = reader.Word(Words.BlobAccess);
                    break;
                case 5:
                    ReadNames(ref reader, names);
                    break;
            }
        }

        return new DeclareBlob(digest, sizeBytes, days) { Access = access, Names = names.Count == 0 ? [] : names };
    }

    private static void ReadNames(ref WireReader reader, List<Digest> names)
    {
        reader.BeginArray();
        while (reader.NextItem())
        {
            if (names.Count == DeclareBlob.MaxNames)
            {
                reader.Fail(PayloadProblemKind.OutOfRange, $"left out: at most {DeclareBlob.MaxNames} are taken");
                return;
            }

            names.Add(reader.Text<Digest>());
        }
    }
}
