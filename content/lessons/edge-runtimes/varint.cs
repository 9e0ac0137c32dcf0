using System.Collections.Generic;

public static class Protobuf
{
    public static List<byte> Varint(ulong number)
    {
        var groups = new List<byte>();
        while (number >= 0x80)
        {
            groups.Add((byte)(number & 0x7f | 0x80));
            number >>= 7;
        }
        groups.Add((byte)number);
        return groups;
    }

    public static List<byte> Tag(ulong field, ulong layout)
    {
        return Varint(field << 3 | layout);
    }
}
