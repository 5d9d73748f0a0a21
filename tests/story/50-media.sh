#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal of this test: clips of real cameras and recorders, in the structures of their makers, go in
# and come back with two keepers gone. The clips are not part of this project.
. "$SL_SOURCE/tests/story/tap.sh"
. "$SL_SOURCE/tests/story/vault.sh"
media=${SL_SHARED:-$SL_SOURCE/../shared}/media
[ -d "$media" ] || no_story "no clips beside the project"

lay() { # FROM TO: as a camera would have written it
    mkdir -p "$(dirname "card/$2")" && cp --preserve=timestamps "$media/$1" "card/$2" &&
        chmod u+w "card/$2"
}
lay gopro-karma.mp4 DCIM/100GOPRO/GX010001.MP4
lay gopro-max.mp4 DCIM/100GOPRO/GX010002.MP4
lay iphone.mov DCIM/100APPLE/IMG_0001.MOV
lay android.mp4 DCIM/Camera/VID_20240512_101112.mp4
lay sony-a7m3.mts PRIVATE/AVCHD/BDMV/STREAM/00000.MTS
mkdir -p card/SOUND && cp -r "$media/sound-roll/." card/SOUND/ && chmod -R u+w card/SOUND

that "the_story__has_a_production" found
that "offload__takes_real_clips" offload card
rm -rf keepers/1 keepers/2
that "restore__brings_real_clips_back_without_two_keepers" comes_back card back

the_end
