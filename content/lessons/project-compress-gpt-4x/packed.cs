using System;

public static class Storage
{
    /// <summary>Bytes of so many numbers, if only those that are not zero are kept, and a bit for each says where.</summary>
    public static long Packed(long numbers, long kept, long bits)
    {
        Func<long, long> size = count => (count * bits + 7) / 8;
        return Math.Min(size(numbers), size(kept) + (numbers + 7) / 8);
    }
}
